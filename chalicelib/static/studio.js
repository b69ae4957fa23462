// The studio: draws the picture anew while it is designed, goes back and forth, and finds graphics.

(() => {
  "use strict";

  const QUIET = 150; // milliseconds without a change, then the picture is drawn anew
  const form = document.querySelector(".studio");
  const address = form.getAttribute("action");
  const at = (what) => form.querySelector(`[data-${what}]`);
  const [image, canvas, problem, note, state] = ["image", "canvas", "problem", "note", "state"].map(at);
  const [undo, redo, found, more, words] = ["undo", "redo", "found", "more", "words"].map(at);
  const ASIDE = new Set(["csrf", "base", "words", "alt"]); // what is no part of the design
  let changed = "touched" in form.dataset;
  let timer = 0;
  let asked = 0; // the last request, whose answer alone counts

  // The design: the form's fields as a text, so that two can be compared and kept.
  const now = () => {
    const data = new URLSearchParams(new FormData(form));
    for (const name of ASIDE) data.delete(name);
    return data.toString();
  };
  const past = [now()];
  let here = 0;

  const tell = (what) => { state.textContent = state.dataset[what]; };

  const showButtons = () => {
    undo.disabled = here === 0;
    redo.disabled = here === past.length - 1;
  };

  const remember = () => {
    const design = now();
    if (design === past[here]) return;
    past.splice(here + 1, past.length, design);
    if (past.length > 200) past.shift();
    here = past.length - 1;
    changed = true;
    showButtons();
  };

  const showNumbers = () => {
    for (const output of form.querySelectorAll("output")) {
      const input = document.getElementById(output.htmlFor.value);
      output.textContent = input.value + input.dataset.unit;
      input.setAttribute("aria-valuetext", output.textContent);
    }
  };

  // Each graphic that was ever shown, by its name: going back may ask for one that is not there now.
  const known = new Map();
  for (const label of found.children) {
    known.set(label.querySelector("input").value, {
      name: label.querySelector("input").value,
      label: label.title,
      path: label.querySelector("path").getAttribute("d"),
    });
  }

  const tile = (graphic) => {
    known.set(graphic.name, graphic);
    const made = document.importNode(at("tile").content, true).querySelector("label");
    made.title = graphic.label;
    made.querySelector("input").value = graphic.name;
    made.querySelector("path").setAttribute("d", graphic.path);
    made.querySelector("span").textContent = graphic.label;
    return made;
  };

  // The chosen graphic is among those that are shown, whatever was looked for.
  const withGraphic = (graphic) => {
    if (!graphic || found.querySelector(`[value="${CSS.escape(graphic.name)}"]`)) return;
    found.firstElementChild.after(tile(graphic));
  };

  const fill = (fields) => {
    withGraphic(known.get(fields.graphic));
    for (const [name, value] of Object.entries(fields)) {
      for (const input of form.querySelectorAll(`[name="${name}"]`)) {
        if (input.type === "radio") input.checked = input.value === String(value);
        else if (input.type === "checkbox") {
          input.checked = Array.isArray(value) ? value.includes(input.value) : value;
        } else input.value = value;
      }
    }
    showNumbers();
  };

  // From a text that `now` made.
  const restore = (design) => {
    const data = new URLSearchParams(design);
    const fields = {};
    for (const input of form.querySelectorAll("input[name]")) {
      if (ASIDE.has(input.name)) continue;
      if (input.name === "own") fields.own = data.getAll("own");
      else if (input.type === "checkbox") fields[input.name] = data.has(input.name);
      else fields[input.name] = data.get(input.name) ?? "";
    }
    fill(fields);
  };

  const show = (answer) => {
    if (answer.fields) {
      if (answer.graphic) known.set(answer.graphic.name, answer.graphic);
      fill(answer.fields);
      remember();
    }
    image.src = answer.image;
    image.hidden = false;
    image.alt = at("alt").value || answer.described;
    at("alt").placeholder = answer.described;
    note.hidden = !answer.note;
    note.querySelector("span").textContent = answer.note;
    problem.hidden = true;
  };

  const refuse = (text) => {
    problem.hidden = false;
    problem.querySelector("span").textContent = text;
  };

  const draw = async (what = "preview") => {
    clearTimeout(timer);
    const number = (asked += 1);
    const body = new URLSearchParams(new FormData(form));
    body.set("do", what);
    canvas.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, {
        method: "POST", body, headers: { Accept: "application/json" },
      });
      if (number !== asked) return;
      if (answer.redirected) refuse(state.dataset.out);
      else if (answer.status === 400) refuse((await answer.json()).problem);
      else if (!answer.ok) refuse(state.dataset.trouble);
      else {
        const drawn = await answer.json();
        show(drawn);
        state.textContent = `${state.dataset.done} ${drawn.described}`;
      }
    } catch {
      if (number === asked) refuse(state.dataset.trouble);
    } finally {
      if (number === asked) canvas.removeAttribute("aria-busy");
    }
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      remember();
      draw();
    }, QUIET);
  };

  const go = (step) => {
    remember();
    if (!(here + step in past)) return;
    here += step;
    restore(past[here]);
    showButtons();
    draw();
    tell(step < 0 ? "undone" : "redone");
  };

  // Graphics

  let looked = 0; // the last search, whose answer alone counts
  const find = async (page) => {
    const number = (looked += 1);
    const query = new URLSearchParams({ words: words.value, page });
    const answer = await fetch(`${form.dataset.graphics}?${query}`, {
      headers: { Accept: "application/json" },
    });
    if (answer.redirected) {
      refuse(state.dataset.out);
      return;
    }
    const got = await answer.json();
    if (number !== looked) return;
    const chosen = found.querySelector("input:checked")?.closest("label");
    if (page === 1) {
      const none = found.firstElementChild;
      found.replaceChildren(...new Set([none, chosen].filter(Boolean)));
    }
    for (const graphic of got.graphics) {
      if (!found.querySelector(`[value="${CSS.escape(graphic.name)}"]`)) found.append(tile(graphic));
    }
    at("summary").textContent = got.summary;
    more.hidden = !got.more;
    more.dataset.more = got.more;
  };
  let searching = 0;
  const findLater = () => {
    clearTimeout(searching);
    searching = setTimeout(() => find(1).catch(() => refuse(state.dataset.lost)), QUIET);
  };

  // What one does

  form.addEventListener("input", (event) => {
    const { target } = event;
    if (target === words) findLater();
    if (ASIDE.has(target.name)) {
      if (target.name === "alt") changed = true;
      return;
    }
    if (target.name === "palette") {
      const colours = target.dataset.colours.split(" ");
      form.querySelectorAll("input[type=color]").forEach((input, n) => { input.value = colours[n]; });
      for (const box of form.querySelectorAll("[name=own]")) box.checked = false;
    }
    if (target.type === "color") {
      target.closest(".colour").querySelector("[name=own]").checked = true;
    }
    showNumbers();
    later();
  });

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button?.value === "save") {
      changed = false;
      return;
    }
    event.preventDefault();
    if (button?.matches("[data-change]")) {
      remember();
      draw(button.value);
    } else if (button?.matches("[data-find]") || document.activeElement === words) findLater();
    else draw();
  });

  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.target.matches("input:not([type]), input[type=search], textarea")) return; // theirs
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    go(key === "y" || event.shiftKey ? 1 : -1);
  });

  undo.addEventListener("click", () => go(-1));
  redo.addEventListener("click", () => go(1));
  more.addEventListener("click", () => find(Number(more.dataset.more)).catch(() => refuse(state.dataset.lost)));
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });

  undo.hidden = redo.hidden = false;
  more.hidden = "none" in more.dataset;
  showButtons();
})();
