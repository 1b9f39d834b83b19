"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // Filtering: the rows are read once; what is shown is decided on this list alone.
  const bar = document.querySelector(".filters");
  if (bar) {
    const rows = all("tr[data-rule]").map((row) => {
      const rule = row.closest(".rule"), company = row.closest(".company");
      const heading = rule.querySelector("h4").textContent + " " + company.querySelector("h3").textContent;
      return {row, rule, company, text: (row.textContent + " " + heading + " " + row.id).toLowerCase(), data: row.dataset};
    });
    const search = bar.querySelector("[type=search]"), result = bar.querySelector("output");
    const [byCompany, byRule] = all("select", bar), chips = all("[type=checkbox]", bar);
    const show = () => {
      const terms = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const severities = new Set(chips.filter((chip) => chip.checked).map((chip) => chip.value));
      const seen = new Set();
      let shown = 0;
      for (const item of rows) {
        const fits = severities.has(item.data.severity)
          && (!byCompany.value || item.data.companyKey === byCompany.value)
          && (!byRule.value || item.data.rule === byRule.value)
          && terms.every((term) => item.text.includes(term));
        item.row.hidden = !fits;
        if (fits) { shown += 1; seen.add(item.rule); seen.add(item.company); }
      }
      for (const part of all(".rule, .company")) part.hidden = !seen.has(part);
      result.textContent = shown === rows.length ? `${shown} findings` : `${shown} of ${rows.length} findings`;
    };
    bar.addEventListener("input", show);
    bar.querySelector("[data-do=reset]").addEventListener("click", () => {
      search.value = byCompany.value = byRule.value = "";
      for (const chip of chips) chip.checked = true;
      show();
    });
    for (const [name, open] of [["open", true], ["close", false]]) {
      bar.querySelector(`[data-do=${name}]`).addEventListener("click", () => {
        for (const part of all(".company")) part.open = open;
      });
    }
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
        event.preventDefault();
        search.focus();
      }
    });
    bar.hidden = false;
    show();
  }

  // Sorting: a button in each head; numbers and dates by their value, all else as a reader would.
  const reads = new Intl.Collator("en", {numeric: true, sensitivity: "base"});
  const valueOf = (row, place) => {
    const cell = row.cells[place];
    return cell.dataset.value ?? cell.textContent.trim();
  };
  for (const table of all("table")) {
    if (table.tBodies[0].rows.length < 2) continue;
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

  // A link to a finding opens the company it stands in.
  const reveal = () => {
    const aim = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const company = aim && aim.closest(".company");
    if (company) { company.open = true; aim.scrollIntoView({block: "center"}); }
  };
  addEventListener("hashchange", reveal);
  reveal();

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
