const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text that is safe as HTML or SVG content and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "")
      // XML, and so a standalone SVG, allows no other control characters, not even as entities.
      .replace(/[\p{Cc}\uFFFE\uFFFF]/gu, (control) =>
        "\t\n\r".includes(control) ? control : "\uFFFD",
      )
  );
}
