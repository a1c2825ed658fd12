/* Keeps the list of what is missing up to date with what the form saves, and folds up the
   sections that are done. Without it, the list is as the page was when it was opened, and
   has no suggestions. */
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
      const section = sectionOf(link);
      const wanted = link.hash === window.location.hash
        || section?.contains(document.activeElement);
      if (!wanted) fold(section, true);
    }
  };

  const FOLDED = ".senoffer-folded";

  const selectorOf = (element) => {
    const href = element.getAttribute("href");
    if (href) return `a[href="${CSS.escape(href)}"]`;
    return element.closest(FOLDED) ? `${FOLDED} > summary` : "summary";
  };

  // A line that is done by now may have gone where it is folded away.
  const focusOn = (list, selector) => {
    const found = list.querySelector(selector);
    const shown = found?.checkVisibility() ? found : found?.closest("details").querySelector("summary");
    (shown || list.querySelector("summary")).focus();
  };

  let asked = 0;

  const refresh = async (event) => {
    // A save ends what a refused form says.
    if (event) panel()?.querySelector(".senoffer-unsaved")?.remove();
    const number = pageNumber() || event?.detail?.response?.pk;
    if (!number) return;
    const mine = ++asked;
    const response = await fetch(
      panel().dataset.senofferChecklist.replace("/0/", `/${number}/`),
      { headers: { "X-Requested-With": "XMLHttpRequest" }, credentials: "same-origin" },
    ).catch(() => null);
    // A session that ended, or a newer question: what is shown stays.
    if (!response?.ok || response.redirected || mine !== asked) return;
    const list = panel().querySelector("[data-list]");
    const text = await response.text();
    if (!text.includes("<details")) return;
    const wasOpen = list.querySelector("details")?.open;
    const unfolded = list.querySelector(FOLDED)?.open;
    const focused = list.contains(document.activeElement) && selectorOf(document.activeElement);
    list.innerHTML = text;
    list.querySelector("details").open = Boolean(wasOpen);
    if (unfolded) list.querySelector(FOLDED)?.setAttribute("open", "");
    if (focused) focusOn(list, focused);
  };

  // Wagtail's own link would stay at a section that is folded up, below its sticky header.
  const goTo = (section) => {
    const details = panel().querySelector("details");
    if (details) details.open = false;
    fold(section, false);
    section.scrollIntoView({ block: "start" });
    window.history.replaceState(null, "", `#${section.id}`);
    const field = section.querySelector(
      "[contenteditable=true], input:not([type=hidden]):not([disabled]), select, textarea",
    );
    (field || toggleOf(section) || section).focus({ preventScroll: true });
  };

  // A field of no section: who approved it, and when.
  const jumpToField = (event) => {
    const link = event.target.closest("[data-senoffer-checklist] a[href*='#id_']");
    const here = link?.pathname === window.location.pathname;
    const field = here && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    panel().querySelector("details").open = false;
    field.scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  };

  const jump = (event) => {
    const link = event.target.closest("[data-senoffer-checklist] a[href*='#block-']");
    const section = link && sectionOf(link);
    if (!section) return;
    event.preventDefault();
    goTo(section);
  };

  const sectionsOf = (kind) => [...panel().querySelectorAll(`.senoffer-${kind} > a[href*='#block-']`)]
    .map(sectionOf)
    .filter(Boolean)
    .sort((one, other) =>
      one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);

  // What is to be fixed first, then what could be better; from where the writer is, and round.
  const goToNext = () => {
    const here = document.activeElement?.closest("section[id^='block-']");
    for (const kind of ["stops", "advice"]) {
      const sections = sectionsOf(kind).filter((each) => each !== here);
      const after = here && sections.find(
        (each) => here.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING,
      );
      if (sections.length) return goTo(after || sections[0]);
    }
    panel().querySelector("summary")?.focus();
  };

  document.addEventListener("w-autosave:success", refresh);
  document.addEventListener("click", (event) => {
    if (!panel()) return;
    if (event.target.closest("[data-senoffer-checklist] [data-next]")) goToNext();
    else {
      jump(event);
      jumpToField(event);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (panel() && event.altKey && event.shiftKey && event.code === "KeyN") {
      event.preventDefault();
      goToNext();
      return;
    }
    const open = event.key === "Escape" && panel()?.querySelector("details");
    if (!open?.open || !panel().contains(document.activeElement)) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  // The form is there once Wagtail has drawn its blocks.
  window.addEventListener("load", async () => {
    if (!panel()) return;
    // With the suggestions, which the form did not wait for.
    await refresh();
    foldWhatIsDone();
    // From now on nothing moves by itself: the journeys wait for it.
    panel().dataset.folded = "";
  });
})();
