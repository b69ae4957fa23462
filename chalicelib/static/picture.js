// A picture that is chosen: shown at once, and sent past the server's limits when it is large.

(() => {
  "use strict";

  const LARGE = 2 * 1024 * 1024; // bytes; more goes straight into the bucket
  const WIDE = 2048; // pixels of a photograph that is made smaller here, to
  const SMALLEST = 1024; // pixels of its shorter side, which is what badges have at most
  const input = document.querySelector("[data-file]");
  const LARGEST = Number(input.dataset.largest); // bytes
  const { form } = input;
  const shown = form.querySelector("[data-picture]");
  const problem = form.querySelector("[data-file-problem]");
  const uploaded = form.querySelector("[data-uploaded]");
  const state = form.querySelector("[data-state]");
  const none = shown.previousElementSibling; // that there is no picture yet
  const before = { src: shown.src, hidden: shown.hidden };

  const refuse = (text) => {
    problem.hidden = !text;
    problem.querySelector("span").textContent = text;
    input.toggleAttribute("aria-invalid", Boolean(text));
    input.setCustomValidity(text);
  };

  const fitted = () => {
    const crop = form.querySelector("[name=fit]:checked")?.value === "crop";
    shown.classList.toggle("cropped", crop && input.files.length > 0);
  };

  // Phones take photographs of many megabytes, of which a badge shows little.
  const shrink = async () => {
    const [file] = input.files;
    if (!file || !["image/jpeg", "image/png"].includes(file.type)) return;
    const picture = await createImageBitmap(file);
    if (Math.max(picture.width, picture.height) <= WIDE) return;
    const scale = SMALLEST / Math.min(picture.width, picture.height);
    if (scale >= 1) return;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const brush = canvas.getContext("2d");
    brush.imageSmoothingQuality = "high";
    brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const made = await new Promise((done) => { canvas.toBlob(done, file.type, 0.92); });
    if (!made || input.files[0] !== file) return;
    const files = new DataTransfer();
    files.items.add(new File([made], file.name, { type: file.type }));
    input.files = files.files;
  };

  const show = async () => {
    try {
      await shrink();
    } catch {
      // no picture that a browser can read; the server says what is wrong with it
    }
    const [file] = input.files;
    uploaded.value = "";
    refuse(file && file.size > LARGEST ? input.dataset.tooLarge : "");
    if (!file || file.size > LARGEST) {
      Object.assign(shown, before);
      if (none) none.hidden = false;
      return;
    }
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      if (none) none.hidden = true;
      shown.src = reader.result;
      shown.hidden = false;
      fitted();
    });
    reader.readAsDataURL(file);
  };

  const send = async (file, button) => {
    const { url, fields } = JSON.parse(input.dataset.upload);
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    body.append("file", file);
    state.textContent = input.dataset.uploading;
    try {
      const answer = await fetch(url, { method: "POST", body });
      if (answer.ok) {
        uploaded.value = fields.key;
        input.disabled = true; // it is not sent twice
      }
    } catch {
      // then it is sent with the form, which a smaller limit may let through
    }
    form.dataset.sent = "";
    form.requestSubmit(button);
  };

  input.addEventListener("change", show);
  form.addEventListener("change", fitted);
  form.addEventListener("submit", (event) => {
    const [file] = input.files;
    if (!file || "sent" in form.dataset) return;
    if (file.size > LARGEST) {
      event.preventDefault();
      input.focus();
    } else if (file.size > LARGE) {
      event.preventDefault();
      send(file, event.submitter);
    }
  });
})();
