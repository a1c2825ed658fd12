/* Leaves out of the “+” menu between sections what this school is not asked, and what is there
   already and can be there only once. Whatever is on the page stays. Without the panel that
   names them, nothing is left out but the latter. */
(() => {
  "use strict";

  const { StreamBlock, StreamBlockDefinition } = window.wagtailStreamField.blocks;
  const panel = () => document.querySelector("[data-senoffer-left-out]");
  const leftOut = () => JSON.parse(panel()?.dataset.senofferLeftOut || "[]");

  class Sections extends StreamBlock {
    // Those of each group that pass; no group without any.
    choices(passes) {
      return this.blockDef.groupedChildBlockDefs
        .map(([group, defs]) => [group, defs.filter((def) => passes(def.name))])
        .filter(([, defs]) => defs.length);
    }

    isFull(name) {
      const most = this.getBlockMax(name);
      return typeof most === "number" && this.getBlockCount(name) >= most;
    }

    // For the menu inside a text ("/"), which counts by itself.
    getBlockGroups() {
      return this.choices((name) => !leftOut().includes(name));
    }

    _createInsertionControl(placeholder, opts) {
      const control = super._createInsertionControl(placeholder, opts);
      // Asked each time that the menu opens.
      Object.defineProperty(control, "groupedChildBlockDefs", {
        get: () => this.choices((name) => !leftOut().includes(name) && !this.isFull(name)),
      });
      return control;
    }
  }

  class SectionsDefinition extends StreamBlockDefinition {
    render(placeholder, prefix, initialState, initialError) {
      return new Sections(this, placeholder, prefix, initialState, initialError);
    }
  }

  window.telepath.register("wagtail_senoffer.blocks.Sections", SectionsDefinition);

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-senoffer-checklist] [data-offer-all]");
    if (!button) return;
    const back = button.dataset.offerAll.split(" ");
    const rest = leftOut().filter((name) => !back.includes(name));
    panel().dataset.senofferLeftOut = JSON.stringify(rest);
    button.disabled = true;
  });
})();
