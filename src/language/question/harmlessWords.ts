import { wordSet } from "./words.js";

/**
 * Words of remarks beside a question that change nothing in it: who works at what, with which tools, where,
 * and what pictures a question comes with. A remark is let through only if all its words are known, so a
 * word belongs here only if no remark of these words says that things are otherwise than they look: of
 * another size, place, time or view, called otherwise, or to be measured otherwise.
 */
const PLAIN = wordSet(
  "a an the this that these those some several many most all any here there i we you it they its my our your and " +
    "or but so as with in into on at of to by from for is are am be been was has have had do does will can could may " +
    "might must should would only just also too very well again already now today please me us something care up " +
    "out around through inside between along who which what how whether because since before about both one two " +
    "three good real various typical common usual simple helpful s 's",
);
/** What people and robots do: the stems of what they are doing. */
const VERBS = wordSet(
  "adjust move lower raise grasp grab pick take hold lift reach place put stack unstack pack load unload insert " +
    "fit pass squeeze slip slide nudge approach plan check test debug tune calibrate choose decide know find see " +
    "look judge tell compare sort clean tidy label annotate train evaluate benchmark study collect build write log " +
    "record store shelve deliver bring carry keep open close avoid align serve wash pour fill weld scan inspect " +
    "verify order space try work use go start begin wait print report run compute need navigate descend ask answer " +
    "help show matter contain depict come belong concern include estimate research develop implement prepare arrange hover " +
    "rest stand sit lie float levitate hang reason understand learn predict want like wonder think hope hand get " +
    "let design detect track localize",
);
const NOUNS = wordSet(
  // Robots and their work
  "robot arm gripper finger jaw claw wrist tool effector base planner planning policy agent controller " +
    "reward penalty shaping term input signal state observation monitor program pipeline software node task job " +
    "project step action imitation learning insertion placement alignment transfer transport docking retreat obstacle spreadsheet database school homework class course assignment sanity ruler tape collision avoidance handling clearance motion path trajectory handover navigation correction " +
    "occlusion opening manipulation perception robotics automation assembly stacking ordering selection success " +
    "condition vector feature predicate variable function relation query question item sample example prompt " +
    "exercise quiz dataset evaluation experiment demo paper thesis lab laboratory kitchen office " +
    "warehouse factory workshop home household room tabletop table desk shelf rack box bin drawer crate case bag " +
    "basket container slot holder truck cart belt conveyor cell workspace setup crane hoist workbench bench counter " +
    "surface shim wedge spacer object thing stuff piece part idea doubt clue number guess time minute moment " +
    "teleoperation simulation simulator gazebo mujoco isaac ros lerobot " +
    // Who answers, and about what
    "expert assistant system annotator specialist engineer ai scientist analyst vision language computer vlm 3d 2d " +
    "d scene spatial understanding reasoning geometry depth metric measurement dimension sense position " +
    "awareness intelligence accuracy estimation explanation reply response parser " +
    // Pictures
    "image photo photograph picture frame snapshot view shot rgb rgbd color colour camera webcam sensor " +
    "realsense kinect set series video episode demonstration recording bounding ground truth annotation cue " +
    "hint context background note scenario",
);
const STATES = wordSet(
  "shown given taken captured recorded mounted fixed static attached held placed arranged visible seen used " +
    "needed required collected made obtained annotated labelled labeled known busy ready fragile cluttered dark dim " +
    "bright empty free safe sure certain curious stuck careful gentle tight limited thick low relative robotic " +
    "quick following current indoor outdoor automatically manually probably maybe perhaps still evenly barely little first",
);
const ALL: ReadonlySet<string> = new Set([...PLAIN, ...VERBS, ...NOUNS, ...STATES]);

/** Whether a word of a remark is known to change nothing in the question beside it. */
export function isHarmless(word: string): boolean {
  return ALL.has(word) || stemsOf(word).some((stem) => VERBS.has(stem) || NOUNS.has(stem));
}

/** "planning": plan; "shelves": shelf; "grasps": grasp. */
function stemsOf(word: string): readonly string[] {
  const plural = /^(\p{L}{2,}?)(?:ve)?s$/u.exec(word)?.[1];
  const going = /^(\p{L}{2,})ing$/u.exec(word)?.[1];
  return [
    ...(plural === undefined ? [] : [word.slice(0, -1), word.slice(0, -2), `${plural}f`]),
    ...(going === undefined ? [] : [going, `${going}e`, going.replace(/(\p{L})\1$/u, "$1")]),
  ];
}
