// SPDX-License-Identifier: Apache-2.0
// The statistics pages work without this: it searches in members, hides what an own period needs, and asks for the
// breakdowns of another measure at once; a chart is set in the page's own letters.
"use strict";
for (const box of document.querySelectorAll("[data-search]")) {
  box.hidden = false;
  const lines = [...box.closest("details").querySelectorAll(".members label")];
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLocaleLowerCase();
    for (const line of lines) line.hidden = !line.textContent.toLocaleLowerCase().includes(wanted);
  });
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}
const form = document.querySelector("[data-ask]");
if (form) {
  const step = form.querySelector("[data-step]"), period = form.elements.period;
  step.hidden = true;
  form.elements.measure.addEventListener("change", () => form.requestSubmit(step));
  const own = () => { for (const one of form.querySelectorAll(".own")) one.hidden = period.value !== "own"; };
  period.addEventListener("change", own);
  own();
  form.addEventListener("submit", () => {
    for (const one of form.querySelectorAll("select, input")) {
      if (!one.value && one.name) one.disabled = true;
    }
    setTimeout(() => { for (const one of form.querySelectorAll(":disabled")) one.disabled = false; });
  });
}
// A picture of its own cannot use the page's fonts: the same drawing, put into the page, can.
for (const image of document.querySelectorAll(".picture img")) {
  const draw = async () => {
    const address = image.currentSrc || image.src, answer = await fetch(address, { headers: { "X-Unattended": "1" } });
    if (!answer.ok) return;
    const drawn = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
    if (drawn.localName !== "svg") return;
    for (const one of drawn.querySelectorAll("[role], [aria-label], [aria-roledescription], [aria-hidden]")) {
      for (const name of ["role", "aria-label", "aria-roledescription", "aria-hidden"]) one.removeAttribute(name);
    }
    drawn.removeAttribute("width");
    drawn.removeAttribute("height");
    drawn.setAttribute("class", address.includes("theme=dark") ? "drawn dark" : "drawn");
    drawn.setAttribute("role", "img");
    drawn.setAttribute("aria-label", image.alt);
    image.closest("picture").replaceWith(document.importNode(drawn, true));
  };
  if (image.complete && image.naturalWidth) draw(); else image.addEventListener("load", draw, { once: true });
}
