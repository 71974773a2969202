import { Command, Help } from "commander";

/** A command as the lists of `--help` show it; the rest is loaded once it is chosen. */
interface LazyCommand {
  /** What follows its name: `[options] <recording...>`. */
  readonly usage: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

interface CommandGroup {
  readonly description: string;
  readonly commands: Readonly<Record<string, LazyCommand>>;
}

const COMMANDS: Readonly<Record<string, LazyCommand | CommandGroup>> = {
  demo: {
    usage: "[options]",
    summary: "simulate, record and annotate a pick-and-place episode",
    load: async () => (await import("./demo.js")).demoCommand(),
  },
  doctor: {
    usage: "[options] <recording>",
    summary: "say which model will work on a recording, and what is missing",
    load: async () => (await import("./doctor.js")).doctorCommand(),
  },
  annotate: {
    usage: "[options] <recording...>",
    summary: "annotate recordings with spatial facts and dense rewards",
    load: async () => (await import("./annotate.js")).annotateCommand(),
  },
  merge: {
    usage: "[options] <folder>",
    summary: "sum up and join the shards of an `annotate --shard`",
    load: async () => (await import("./merge.js")).mergeCommand(),
  },
  overlay: {
    usage: "[options] <recording> <annotated>",
    summary: "draw the rewards of a recording below its pictures, as a video",
    load: async () => (await import("./overlay.js")).overlayCommand(),
  },
  export: {
    usage: "[options] <recording...>",
    summary: "make a training data set of recordings: LeRobot, robomimic, Parquet",
    load: async () => (await import("./export.js")).exportCommand(),
  },
  calibrate: {
    usage: "[options] <recording...>",
    summary: "learn the bias and accuracy of a model's lengths from recordings",
    load: async () => (await import("./calibrate.js")).calibrateCommand(),
  },
  ask: {
    usage: "[options] <input> <question>",
    summary: "ask one question about an image or about an image in a recording",
    load: async () => (await import("./ask.js")).askCommand(),
  },
  reason: {
    usage: "[options] <input> <question>",
    summary: "answer a hard question in steps: a language model asks a spatial model",
    load: async () => (await import("./reason.js")).reasonCommand(),
  },
  serve: {
    usage: "[options]",
    summary: "serve rewards to simulators and policies over HTTP",
    load: async () => (await import("./serve.js")).serveCommand(),
  },
  node: {
    usage: "[arguments...]",
    summary: "run on a robot, as a ROS 2 node",
    load: async () => (await import("./node.js")).nodeCommand(),
  },
  task: {
    description: "work with task files",
    commands: {
      check: {
        usage: "<file...>",
        summary: "check task files and show how they are understood",
        load: async () => (await import("./taskCheck.js")).taskCheckCommand(),
      },
    },
  },
  bag: {
    description: "inspect recordings",
    commands: {
      info: {
        usage: "[options] <path...>",
        summary: "show the contents of a recording",
        load: async () => (await import("./bagInfo.js")).bagInfoCommand(),
      },
    },
  },
  sim: {
    description: "simulate episodes, or serve them to policies",
    commands: {
      record: {
        usage: "[options]",
        summary: "record simulated episodes as ROS 2 bags",
        load: async () => (await import("./simRecord.js")).simRecordCommand(),
      },
      serve: {
        usage: "[options]",
        summary: "serve the simulator as an environment for policies over HTTP",
        load: async () => (await import("./simServe.js")).simServeCommand(),
      },
      node: {
        usage: "[arguments...]",
        summary: "run the simulator as a ROS 2 node",
        load: async () => (await import("./simNode.js")).simNodeCommand(),
      },
    },
  },
  fleet: {
    description: "annotate recordings by many workers, from a queue in Redis or Valkey",
    commands: {
      submit: {
        usage: "[options] <recording...>",
        summary: "put recordings into the queue",
        load: async () => (await import("./fleet/submit.js")).submitCommand(),
      },
      work: {
        usage: "[options]",
        summary: "annotate what is in the queue",
        load: async () => (await import("./fleet/work.js")).workCommand(),
      },
      status: {
        usage: "[options]",
        summary: "say how far the queue is, and what failed",
        load: async () => (await import("./fleet/status.js")).statusCommand(),
      },
    },
  },
  dataset: {
    description: "make and inspect question-answer data",
    commands: {
      synthesize: {
        usage: "[options] [recordings...]",
        summary: "make spatial questions and answers from recordings or the simulator",
        load: async () => (await import("./datasetSynthesize.js")).datasetSynthesizeCommand(),
      },
      inspect: {
        usage: "[options] <folder>",
        summary: "write a report on a data set, with pictures",
        load: async () => (await import("./datasetInspect.js")).datasetInspectCommand(),
      },
    },
  },
  evaluate: {
    description: "measure quality",
    commands: {
      rewards: {
        usage: "[options] <path...>",
        summary: "measure how well rewards follow the truth and predict the outcome",
        load: async () => (await import("./evaluateRewards.js")).evaluateRewardsCommand(),
      },
      answers: {
        usage: "[options] <path>",
        summary: "measure how well a model answers spatial questions",
        load: async () => (await import("./evaluateAnswers.js")).evaluateAnswersCommand(),
      },
      reasoning: {
        usage: "[options]",
        summary: "measure how well a language model reasons with a spatial model",
        load: async () => (await import("./evaluateReasoning.js")).evaluateReasoningCommand(),
      },
    },
  },
};

/**
 * Adds all commands to `program`. Only the one that `words` choose, or ask help about, is loaded:
 * the others cost no more than their line in a list.
 */
export async function addCommands(program: Command, words: readonly string[]): Promise<void> {
  const [chosen, chosenInGroup] = words.filter((word) => word !== "help" && !word.startsWith("-"));
  for (const [name, entry] of Object.entries(COMMANDS)) {
    if ("load" in entry) {
      program.addCommand(await commandOf(name, entry, name === chosen));
      continue;
    }
    const group = new Command(name).description(entry.description).configureHelp(LISTING);
    for (const [inner, command] of Object.entries(entry.commands)) {
      const isChosen = name === chosen && inner === chosenInGroup;
      group.addCommand(await commandOf(inner, command, isChosen));
    }
    program.addCommand(group);
  }
  program.configureHelp(LISTING);
}

async function commandOf(name: string, entry: LazyCommand, isChosen: boolean): Promise<Command> {
  const command = isChosen ? await entry.load() : new Command(name);
  usages.set(command, entry.usage);
  return command.summary(entry.summary);
}

/** A command that is not loaded does not know its own arguments. */
const usages = new WeakMap<Command, string>();

const LISTING = {
  subcommandTerm(command: Command): string {
    const usage = usages.get(command);
    return usage === undefined ? new Help().subcommandTerm(command) : `${command.name()} ${usage}`;
  },
};
