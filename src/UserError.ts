/**
 * The base of every error that a user can cause and can mend. Its message is written for the
 * reader at the robot: what was wrong, where (file, line, topic, parameter), and what to do.
 * The command line prints the message without a stack trace and exits with `exitCode`.
 */
export class UserError extends Error {
  /** 1: the work failed; 2: the command line itself was wrong. */
  readonly exitCode: number = 1;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
