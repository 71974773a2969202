export * from "./VqaRow.js";
