"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // Sorting: a button in each head; numbers and dates by their value, all else as a reader would.
  const reads = new Intl.Collator("en", {numeric: true, sensitivity: "base"});
  const valueOf = (row, place) => {
    const cell = row.cells[place];
    return cell.dataset.value ?? cell.textContent.trim();
  };
  for (const table of all(".scroll table")) {
    if (table.closest(".findings") || table.tBodies[0].rows.length < 2) continue;
    all("thead th", table).forEach((head, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        for (const other of all("thead th", table)) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const sorted = [...table.tBodies[0].rows].sort(
          (a, b) => (up ? 1 : -1) * reads.compare(valueOf(a, place), valueOf(b, place)));
        table.tBodies[0].append(...sorted);
      });
    });
  }

  // Paper has no triangles to click.
  addEventListener("beforeprint", () => { for (const part of all("details")) part.open = true; });

  // Tables wider than the page can be scrolled with the keyboard.
  for (const box of all(".scroll")) if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;

  // The navigation follows the reader.
  const links = new Map(all(".contents a").map((link) => [link.hash.slice(1), link]));
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    }
  }, {rootMargin: "-20% 0px -70% 0px"});
  for (const section of all(".section")) watch.observe(section);
})();
