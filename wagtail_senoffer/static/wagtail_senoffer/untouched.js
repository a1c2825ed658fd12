/* A form that nobody has touched has no edits. Wagtail takes stock of its fields two seconds
   after it is drawn; on a slow computer the editors of a long form are not ready by then, and
   what they change as they start would be saved as a draft. */
(() => {
  "use strict";

  let touched = false;

  // Of a screen reader or of speech there is often no more than the last three.
  const BY_A_PERSON = [
    "pointerdown", "keydown", "beforeinput", "paste", "drop", "click", "input", "change",
  ];
  for (const name of BY_A_PERSON) {
    // What scripts do is not the person's.
    document.addEventListener(name, (event) => { touched ||= event.isTrusted; }, true);
  }

  document.addEventListener("w-unsaved:add", (event) => {
    const form = event.target;
    // A form that comes back with errors holds what was typed before.
    if (touched || form.dataset.wUnsavedForceValue === "true") return;
    const unsaved = window.wagtail.app?.getControllerForElementAndIdentifier(form, "w-unsaved");
    if (!unsaved) return;
    event.stopImmediatePropagation();
    unsaved.clear();
  }, true);
})();
