export { AnswerJournal, JournalError, type JournalKey } from "./AnswerJournal.js";
export { journaled } from "./journaled.js";
