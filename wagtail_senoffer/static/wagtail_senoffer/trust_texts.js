/* Puts each of the trust's texts into the section that it is for. From one that is locked it takes
   away the editor, and what it tells to write if nothing else is to be filled in. Without it they
   stand above the sections; the server decides anyway. */
(() => {
  "use strict";

  const WORDS = ["body", "answered_in"];
  const BESIDE = ["links", "documents"];

  const lock = (content) => {
    const block = content.querySelector(".struct-block");
    const fields = [...block.querySelectorAll(":scope > [data-contentpath]")];
    const named = (names) => fields.filter((field) => names.includes(field.dataset.contentpath));
    for (const field of named(WORDS)) field.hidden = true;
    const help = block.querySelector(":scope > .c-sf-help");
    if (help) help.hidden = fields.length === named([...WORDS, ...BESIDE]).length;
  };

  const place = () => {
    let waiting = false;
    for (const text of document.querySelectorAll(".senoffer-trust-texts [data-senoffer-trust]")) {
      const section = text.dataset.senofferTrust
        && document.getElementById(text.dataset.senofferTrust);
      const content = section && section.querySelector(".w-panel__content");
      if (!content) {
        waiting = waiting || Boolean(text.dataset.senofferTrust);
        continue;
      }
      content.prepend(text);
      text.querySelector(".senoffer-trust-section").hidden = true;
      if ("locked" in text.dataset) lock(content);
    }
    return waiting;
  };

  const start = () => {
    if (!place()) return;
    // Wagtail makes the sections of a form by script, some time after this one.
    const observer = new MutationObserver(() => {
      if (!place()) observer.disconnect();
    });
    observer.observe(document.body, { childList: true, subtree: true });
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
