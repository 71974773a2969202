/** One number that matters, with what it means. Takes HTML; `tone` is `good`, `bad` or empty. */
export function card(name: string, value: string, detail: string, tone = ""): string {
  return `<div class="card ${tone}"><dt>${name}</dt><dd>${value}</dd><dd class="detail">${detail}</dd></div>`;
}
