((js, wasm) => {
  // Brings islands to life from the outside in, so that an outer one can hand its context to those inside it.
  const outer = [];
  const alive = "leptos-island, leptos-children";
  const wake = (el, mod) => {
    const island = mod[el.dataset.component];
    if (!island) return;
    outer.at(-1)?.();
    return island(el);
  };
  const walk = async (node, mod) => {
    const tag = node.localName;
    if (tag === "leptos-island") await wake(node, mod);
    if (tag === "leptos-children") outer.push(node.$$on_hydrate);
    // Most of a page is not alive: only branches with an island in them are walked.
    for (const child of [...node.children]) {
      if (child.matches(alive) || child.querySelector(alive)) await walk(child, mod);
    }
    if (tag === "leptos-children") outer.pop();
  };
  import(js).then(async (mod) => {
    await mod.default({ module_or_path: wasm });
    mod.hydrate();
    await walk(document.body, mod);
    window.__hydrateIsland = wake;
    document.documentElement.dataset.hydrated = "";
  });
})
