"use strict";
// The findings: unpacked, handed to the table library, filtered on one list. Every text is set as text.
(async () => {
  const box = document.querySelector(".findings");
  if (!box) return;
  const coded = box.querySelector(".packed").textContent.trim();
  const bytes = Uint8Array.from(atob(coded), (sign) => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const data = JSON.parse(await new Response(stream).text());
  const firstRun = "firstRun" in box.dataset;
  const states = {new: "New", reopened: "Came back", unchecked: "Not re-checked"};
  const rows = data.rows.map((row) => {
    const company = data.companies[row[1]], rule = data.rules[row[2]];
    return {
      id: row[0], company: company.name, companyId: String(company.id ?? "none"), rule: rule.title, ruleName: rule.name,
      severity: data.severities[row[3]], rank: row[3], what: row[4], reason: row[5], facts: row[6], since: row[7],
      age: row[8], state: firstRun ? "" : states[row[9]] ?? "", links: row[10],
      text: `${row[4]} ${row[5]} ${row[6]} ${company.name} ${rule.title} ${row[0]}`.toLowerCase(),
    };
  });

  const make = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const mark = (row) => {
    const made = make("span", "severity");
    made.append(make("i", `dot-${row.severity}`), row.severity[0].toUpperCase() + row.severity.slice(1));
    return made;
  };
  const what = (row) => {
    const made = make("span");
    const link = make("a", "anchor", row.what);
    link.href = `#${row.id}`;
    link.dir = "auto";
    made.append(link);
    if (row.state) made.append(" ", make("span", "state-tag", row.state));
    return made;
  };
  const finding = (row) => {
    const made = make("span");
    made.append(make("bdi", "", row.reason));
    if (row.facts) made.append(make("bdi", "facts", row.facts));
    for (const [label, address] of row.links) {
      // Only https may be followed, whatever the file says.
      if (!address.startsWith("https://")) continue;
      const link = make("a", "record", label);
      link.href = address;
      link.rel = "noreferrer";
      link.target = "_blank";
      made.append(" ", link);
    }
    return made;
  };
  const card = (row) => {
    const made = make("div", "card");
    made.append(mark(row), what(row), make("bdi", "facts", row.company), finding(row), make("span", "facts", `Since ${row.since}`));
    return made;
  };
  const column = (title, field, formatter, more = {}) => ({title, field, formatter: (cell) => formatter(cell.getData()), ...more});
  const isPhone = matchMedia("(max-width:700px)").matches;
  const oneCompany = "oneCompany" in box.dataset;
  const wide = [
    column("Severity", "rank", mark, {width: 108, sorter: "number"}),
    column("What", "what", what, {widthGrow: 2, minWidth: 130}),
    column("Finding", "reason", finding, {widthGrow: 6, minWidth: 220}),
    column("Company", "company", (row) => make("bdi", "", row.company), {widthGrow: 2, minWidth: 120, visible: !oneCompany && box.dataset.by !== "company"}),
    column("Rule", "rule", (row) => make("span", "", row.rule), {widthGrow: 2, minWidth: 130, visible: box.dataset.by !== "rule"}),
    column("Since", "since", (row) => make("span", "", row.since), {width: 104}),
    column("Days", "age", (row) => make("span", "", row.age), {width: 76, sorter: "number", hozAlign: "right"}),
  ];
  const grid = box.querySelector(".sheet");
  grid.hidden = false;
  const headed = {
    company: (key, count, all) => [all[0].company, "", count],
    rule: (key, count, all) => [all[0].rule, rules.get(all[0].ruleName), count],
  };
  const rules = new Map(data.rules.map((rule) => [rule.name, [rule.why, rule.remedy].filter(Boolean).join(" What to do: ")]));
  let by = box.dataset.by;
  const header = (key, count, all) => {
    const [title, told] = headed[by](key, count, all);
    const made = make("div", "group");
    made.setAttribute("role", "gridcell");
    const button = make("button", "", title);
    button.type = "button";
    made.append(button, make("span", "n", ` ${count.toLocaleString("en")} open`));
    if (told) made.append(make("p", "facts", told));
    return made;
  };
  const fields = {company: "companyId", rule: "ruleName"};
  const many = rows.length > 2000;
  const table = new Tabulator(grid, {
    data: rows, index: "id", layout: "fitColumns", height: Math.min(760, Math.max(260, innerHeight - 190)),
    columns: isPhone ? [column("Findings", "rank", card, {sorter: "number"})] : wide,
    groupBy: fields[by], groupHeader: header, groupStartOpen: !many, groupToggleElement: "header",
    headerSortElement: "<span class='arrow'></span>", columnHeaderSortMulti: true, placeholder: "No finding fits.",
    columnDefaults: {headerHozAlign: "left", variableHeight: true, tooltip: false},
  });
  await new Promise((done) => table.on("tableBuilt", done));
  // The library's roles leave the scrolling part and the groups outside its grid.
  const give = (selector, role) => { for (const part of grid.querySelectorAll(selector)) part.setAttribute("role", role); };
  const roles = () => { give(".tabulator-tableholder", "rowgroup"); give(".tabulator-table", "presentation"); give(".tabulator-group", "row"); };
  grid.removeAttribute("aria-owns");
  grid.setAttribute("aria-label", "Findings");
  new MutationObserver(roles).observe(grid, {childList: true, subtree: true});
  roles();

  const search = box.querySelector("[type=search]"), shown = box.querySelector("output");
  const [byCompany, byRule, grouping] = box.querySelectorAll("select");
  const chips = [...box.querySelectorAll("[type=checkbox]")];
  const option = (value, text) => { const made = make("option", "", text); made.value = value; return made; };
  byCompany.append(...data.companies.map((company) => option(String(company.id ?? "none"), company.name)));
  byRule.append(...data.rules.map((rule) => option(rule.name, rule.title)));
  byCompany.hidden = oneCompany;
  grouping.value = by;
  let hits = rows;
  const tell = (text) => { shown.textContent = text; };
  const show = () => {
    const terms = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const severities = new Set(chips.filter((chip) => chip.checked).map((chip) => chip.value));
    const fits = (row) => severities.has(row.severity)
      && (!byCompany.value || row.companyId === byCompany.value)
      && (!byRule.value || row.ruleName === byRule.value)
      && terms.every((term) => row.text.includes(term));
    hits = rows.filter(fits);
    const is = new Set(hits.map((row) => row.id));
    if (hits.length === rows.length) table.clearFilter(); else table.setFilter((row) => is.has(row.id));
    const all = rows.length.toLocaleString("en");
    tell(hits.length === rows.length ? `${all} findings` : `${hits.length.toLocaleString("en")} of ${all} findings`);
  };
  // Typing is answered when it pauses; a hundred thousand rows are filtered in a blink, not between two keys.
  let waits;
  box.addEventListener("input", (event) => {
    clearTimeout(waits);
    if (event.target === search) waits = setTimeout(show, many ? 150 : 0); else if (event.target !== grouping) show();
  });
  grouping.addEventListener("change", () => {
    by = grouping.value;
    table.setGroupBy(fields[by] ?? false);
    if (isPhone) return;
    // What the groups say need not be said in each row.
    for (const name of ["company", "rule"]) {
      if (by === name || (oneCompany && name === "company")) table.hideColumn(name); else table.showColumn(name);
    }
    table.redraw();
  });
  const each = (open) => {
    if (open && hits.length > 20000) { grouping.value = ""; grouping.dispatchEvent(new Event("change")); return; }
    table.blockRedraw();
    for (const group of table.getGroups()) if (open) group.show(); else group.hide();
    table.restoreRedraw();
  };
  const quoted = (value) => {
    const text = String(value ?? "");
    // What a spreadsheet would run is made text.
    const safe = /^[\s]*[=+\-@]/.test(text) || /^[\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const csv = () => [
    ["severity", "company", "rule", "what", "finding", "evidence", "since", "days", "id"].join(),
    ...hits.map((row) => [row.severity, row.company, row.ruleName, row.what, row.reason, row.facts, row.since, row.age, row.id].map(quoted).join()),
  ].join("\r\n");
  const copy = async () => {
    const text = csv();
    try { await navigator.clipboard.writeText(text); } catch {
      const field = make("textarea");
      field.value = text;
      box.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    tell(`${hits.length.toLocaleString("en")} findings copied`);
  };
  const acts = {
    reset: () => { search.value = byCompany.value = byRule.value = ""; for (const chip of chips) chip.checked = true; show(); },
    open: () => each(true), close: () => each(false), copy,
  };
  for (const [name, act] of Object.entries(acts)) box.querySelector(`[data-do=${name}]`).addEventListener("click", act);
  box.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) { event.preventDefault(); search.focus(); }
  });
  // Heads are sorted with the keyboard as with the mouse.
  for (const head of grid.querySelectorAll(".tabulator-col")) {
    head.tabIndex = 0;
    head.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); head.querySelector(".tabulator-col-content").click(); }
    });
  }
  show();

  // A link to a finding, or to a company, shows it whatever is filtered or closed.
  const reveal = async () => {
    const aim = decodeURIComponent(location.hash.slice(1));
    const company = aim.startsWith("company-") && aim.slice(8);
    const row = rows.find((item) => item.id === aim) ?? (company && rows.find((item) => item.companyId === company));
    if (!row) return;
    acts.reset();
    if (company) { byCompany.value = company; show(); }
    box.scrollIntoView();
    const found = table.getRow(row.id);
    found.getGroup?.()?.show?.();
    await table.scrollToRow(row.id, "center", false).catch(() => {});
    for (const old of grid.querySelectorAll(".aimed")) old.classList.remove("aimed");
    found.getElement().classList.add("aimed");
  };
  addEventListener("hashchange", reveal);
  reveal();

  // Paper shows what is filtered, as a plain table, up to what a person would leaf through.
  const paper = box.querySelector(".on-paper"), most = 1000;
  addEventListener("beforeprint", () => {
    const made = make("table"), head = make("tr"), body = make("tbody");
    for (const title of ["Severity", "What", "Finding", "Company", "Since"]) head.append(make("th", "", title));
    for (const row of hits.slice(0, most)) {
      const line = make("tr");
      for (const cell of [mark(row), what(row), finding(row), make("bdi", "", row.company), make("span", "", row.since)]) {
        const place = make("td");
        place.append(cell);
        line.append(place);
      }
      body.append(line);
    }
    const top = make("thead");
    top.append(head);
    made.append(top, body);
    paper.replaceChildren(made);
    if (hits.length > most) paper.append(make("p", "left-out", `${(hits.length - most).toLocaleString("en")} more findings left out here; the workbook holds all of them.`));
  });
  addEventListener("afterprint", () => paper.replaceChildren());
  box.dataset.ready = "";
})();
