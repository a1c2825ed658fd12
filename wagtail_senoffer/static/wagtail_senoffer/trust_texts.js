/* Puts each of the trust's texts into the section that it is for, and takes away the editor of
   one that is locked. Without it they stand above the sections; the server decides anyway. */
(() => {
  "use strict";

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
      const body = content.querySelector("[data-contentpath='body']");
      if (body && "locked" in text.dataset) body.hidden = true;
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
