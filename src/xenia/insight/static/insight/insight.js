// SPDX-License-Identifier: Apache-2.0
// The statistics pages work without this: it searches in members, hides what an own period needs, and asks for the
// breakdowns of another measure at once.
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
