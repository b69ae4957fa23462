// The editor: saves while one types, changes rows without leaving, and warns of what is not saved.

(() => {
  "use strict";

  const language = document.documentElement.lang;
  const preferred = navigator.languages.find((one) => one.split("-")[0] === language.split("-")[0]);
  const clock = new Intl.DateTimeFormat(preferred || language, { timeStyle: "short" });
  const QUIET = 2000; // milliseconds without a key, then it is saved
  const form = document.querySelector(".editor form");
  const state = form.querySelector("[data-state]");
  const address = form.getAttribute("action"); // form.action may be a field of that name
  const saves = "autosave" in form.dataset;
  let changed = "changed" in form.dataset;
  let stopped = false; // somebody else changed it: it takes a choice
  let timer = 0;
  let working = null; // the request under way

  const tell = (what, more = "") => {
    state.textContent = state.dataset[what] + more;
  };

  const send = (button, accept) => {
    const data = new URLSearchParams(new FormData(form));
    if (button) data.set("do", button.value);
    return fetch(address, { method: "POST", body: data, headers: { Accept: accept } });
  };

  // What is missing for publishing: a number at each section.
  const tellMissing = (missing) => {
    for (const link of document.querySelectorAll("[data-section]")) {
      const count = missing.filter((one) => one.section === link.dataset.section).length;
      link.querySelector("[data-number]").textContent = count;
      link.querySelector(".lacking").hidden = count === 0;
      link.querySelector(".complete").hidden = count > 0;
    }
    const list = document.getElementById("supportBadges-needed");
    if (list) list.hidden = !missing.some((one) => one.field === "supportBadges");
    const number = document.getElementById("numberRequired-needed");
    if (number) number.hidden = !missing.some((one) => one.field === "numberRequired");
  };

  const save = async () => {
    changed = false;
    tell("saving");
    try {
      const answer = await send(null, "application/json");
      if (answer.status === 409) stopped = true;
      if (answer.redirected) {
        changed = true;
        tell("out");
        return;
      }
      if (!answer.ok) {
        changed = true;
        tell({ 400: "refused", 409: "conflict" }[answer.status] ?? "trouble");
        return;
      }
      const saved = await answer.json();
      form.elements.base.value = saved.base;
      tellMissing(saved.missing);
      if (changed) return; // typed on meanwhile
      tell("saved", ` ${clock.format(new Date())}`);
    } catch {
      changed = true;
      tell("trouble");
    }
  };

  const alone = async (work) => {
    while (working) await working;
    working = work().finally(() => { working = null; });
    return working;
  };

  const later = () => {
    clearTimeout(timer);
    if (saves && !stopped) timer = setTimeout(() => alone(save), QUIET);
  };

  const edited = (event) => {
    if (event.target.matches("[data-not-saved]")) return;
    if (event.target.matches("[data-needed]") && !event.target.closest(".milestone")) {
      const needed = document.getElementById(`${event.target.id}-needed`);
      if (needed) needed.hidden = event.target.value.trim() !== "";
    }
    changed = true;
    if (!stopped) tell("unsaved");
    later();
  };

  // Rows: the server makes them, and this puts them in the place of those that are there.
  const changeRows = async (button) => {
    const rows = document.getElementById("rows");
    rows.inert = true;
    try {
      const answer = await send(button, "text/html");
      if (!answer.ok) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = document.importNode(page.getElementById("rows"), true);
      const first = fresh.querySelector("[autofocus]");
      first?.removeAttribute("autofocus"); // which is for a page that loads
      rows.replaceWith(fresh);
      first?.focus();
      if (button.value !== "search") {
        changed = true;
        tell("unsaved");
        later();
      }
    } catch {
      rows.inert = false;
      tell("trouble");
    }
  };

  form.addEventListener("input", edited);
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    clearTimeout(timer);
    if (button?.matches("[data-rows]")) {
      event.preventDefault();
      alone(() => changeRows(button));
    } else if (working) {
      event.preventDefault();
      await working;
      clearTimeout(timer);
      form.requestSubmit(button);
    } else {
      changed = false;
    }
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("[data-not-saved]")) {
      event.preventDefault();
      form.querySelector("button[value=search]").click();
    }
  });
  addEventListener("beforeunload", (event) => {
    if (changed || (working && saves)) event.preventDefault();
  });

  if (changed) tell("unsaved");
})();
