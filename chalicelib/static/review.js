// An application: its parts as tabs, and whether all required criteria are met while they are judged.

(() => {
  "use strict";

  const root = document.querySelector("[data-parts]");
  const list = root.querySelector(".tabs ul");
  const tabs = [...list.querySelectorAll("a")];
  const panelOf = (tab) => document.querySelector(tab.hash);

  // Tabs: one part at a time; links to what a hidden part holds open it.
  const open = (tab, focus) => {
    for (const one of tabs) {
      const chosen = one === tab;
      one.setAttribute("aria-selected", chosen);
      one.tabIndex = chosen ? 0 : -1;
      panelOf(one).hidden = !chosen;
    }
    if (focus) tab.focus();
  };
  const holding = (hash) => {
    const target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
    return target && tabs.find((tab) => panelOf(tab).contains(target));
  };

  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", list.parentElement.getAttribute("aria-label"));
  list.parentElement.setAttribute("role", "presentation");
  list.parentElement.removeAttribute("aria-label");
  for (const tab of tabs) {
    const panel = panelOf(tab);
    tab.parentElement.setAttribute("role", "presentation");
    tab.setAttribute("role", "tab");
    tab.id = `tab-${panel.id}`;
    tab.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    panel.tabIndex = -1;
  }
  root.classList.add("tabbed");
  open(holding(location.hash) || tabs.find((tab) => tab.hash === `#${root.dataset.first}`) || tabs[0]);

  list.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    open(tabs[(to + tabs.length) % tabs.length], true);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const tab = link && holding(link.hash);
    if (!tab) return;
    open(tab);
    if (link === tab) {
      event.preventDefault();
    } else if (panelOf(tab).id === link.hash.slice(1)) {
      event.preventDefault();
      tab.focus();
      list.scrollIntoView({ block: "nearest" });
    }
  });

  // The indicator: as the server would say it, for the criteria as they are judged now.
  const form = document.querySelector("[data-review]");
  if (!form) return;
  const required = [...form.querySelectorAll("[data-required]")];
  const tell = () => {
    const met = required.filter((one) => one.querySelector('input[value="yes"]').checked).length;
    const missing = required.length - met;
    for (const verdict of form.querySelectorAll("[data-verdict]")) {
      const words = verdict.querySelector("[data-words]");
      const now = JSON.parse(verdict.dataset.verdict)[missing];
      if (words.textContent !== now) words.textContent = now;
      verdict.classList.toggle("met", missing === 0);
    }
    for (const one of form.querySelectorAll("[data-when]")) {
      one.hidden = (one.dataset.when === "approved") !== (missing === 0);
    }
    form.elements.confirmed.value = missing ? "not-approved" : "";
  };
  form.addEventListener("change", tell);
  tell();

  // What was typed is not lost by leaving without a word.
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
})();
