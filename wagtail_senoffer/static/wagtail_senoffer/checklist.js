/* Keeps the list of what is missing up to date with what the form saves, and folds up the
   sections that are done. Without it, the list is as the page was when it was opened. */
(() => {
  "use strict";

  const panel = () => document.querySelector("[data-senoffer-checklist]");

  // The page's number is in the address of its form; a new page gets one as it is first saved.
  const pageNumber = () =>
    panel().dataset.page || (/\/pages\/(\d+)\/edit\//.exec(window.location.pathname) || [])[1];

  const toggleOf = (section) => section.querySelector("[data-panel-toggle]");

  const fold = (section, closed) => {
    const toggle = section && toggleOf(section);
    if (toggle && (toggle.getAttribute("aria-expanded") === "true") === closed) toggle.click();
  };

  const sectionOf = (link) => document.getElementById(link.hash.slice(1));

  const foldWhatIsDone = () => {
    for (const link of panel().querySelectorAll(".senoffer-done > a[href*='#block-']")) {
      fold(sectionOf(link), true);
    }
  };

  let asked = 0;

  const refresh = async (event) => {
    const number = pageNumber() || event?.detail?.response?.pk;
    if (!number) return;
    const mine = ++asked;
    const response = await fetch(
      panel().dataset.senofferChecklist.replace("/0/", `/${number}/`),
      { headers: { "X-Requested-With": "XMLHttpRequest" }, credentials: "same-origin" },
    ).catch(() => null);
    // A session that ended, or a newer question: what is shown stays.
    if (!response?.ok || response.redirected || mine !== asked) return;
    const wasOpen = panel().querySelector("details")?.open;
    const focused = document.activeElement?.closest("[data-senoffer-checklist]")
      && document.activeElement.getAttribute("href");
    panel().innerHTML = await response.text();
    panel().querySelector("details").open = Boolean(wasOpen);
    if (focused) panel().querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  };

  // Wagtail's own link would stay at a section that is folded up, below its sticky header.
  const jump = (event) => {
    const link = event.target.closest("[data-senoffer-checklist] a[href*='#block-']");
    const section = link && sectionOf(link);
    if (!section) return;
    event.preventDefault();
    panel().querySelector("details").open = false;
    fold(section, false);
    section.scrollIntoView({ block: "start" });
    window.history.replaceState(null, "", link.hash);
    const field = section.querySelector(
      "[contenteditable=true], input:not([type=hidden]):not([disabled]), select, textarea",
    );
    (field || toggleOf(section) || section).focus({ preventScroll: true });
  };

  document.addEventListener("w-autosave:success", refresh);
  document.addEventListener("click", (event) => {
    if (panel()) jump(event);
  });
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && panel()?.querySelector("details[open]");
    if (!open || !panel().contains(document.activeElement)) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  // The form is there once Wagtail has drawn its blocks.
  window.addEventListener("load", () => {
    if (panel()) foldWhatIsDone();
  });
})();
