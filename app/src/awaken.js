((js, wasm) => {
  // Brings islands to life from the outside in, so that an outer one can hand its context to those inside it.
  const outer = [];
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
    for (const child of [...node.children]) await walk(child, mod);
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
