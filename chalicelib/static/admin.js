// What pages of the admin UI do better with a script; all of it works without one, too.
// Markup says what is wanted by data attributes; nothing here knows a particular page.

(() => {
  "use strict";

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // How many characters are left: data-limit="140".
  const countCharacters = (root = document) => {
    for (const field of all("[data-limit]", root)) {
      const counter = document.createElement("span");
      counter.className = "counter-of";
      counter.setAttribute("aria-live", "polite");
      const tell = () => {
        const used = [...field.value].length;
        counter.textContent = `${used} / ${field.dataset.limit}`;
        counter.classList.toggle("problem", used > Number(field.dataset.limit));
      };
      field.addEventListener("input", tell);
      field.after(counter);
      tell();
    }
  };

  // The first thing that needs attention gets the focus.
  const focus = () => document.querySelector("[data-focus]")?.focus();

  // data-copy="text": a button that copies it.
  const copy = async (button) => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const label = button.dataset.copied;
    if (label) button.querySelector("[data-label]").textContent = label;
  };

  // data-poll="seconds": this part of the page is asked for again while it has the attribute.
  const poll = () => {
    for (const part of all("[data-poll]")) {
      setTimeout(async () => {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
        if (answer?.ok) {
          const page = new DOMParser().parseFromString(await answer.text(), "text/html");
          const fresh = page.getElementById(part.id);
          if (fresh) part.replaceWith(fresh);
        }
        poll();
      }, Number(part.dataset.poll) * 1000);
      break; // one part each page
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
    for (const menu of all("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  // A choice that takes effect at once: data-at-once on a select of a form that searches.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-at-once]")) event.target.form.requestSubmit();
  });

  countCharacters();
  focus();
  poll();
})();
