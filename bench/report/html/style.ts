/** The page's style: light and dark, one colour per contestant. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#f5f5f1, #131514);
  --surface: light-dark(#ffffff, #1b1e1c);
  --line: light-dark(#dcdcd5, #333836);
  --ink: light-dark(#1c1e1d, #e9ebe8);
  --soft: light-dark(#5b5f5c, #a2a9a5);
  --danger: light-dark(#a3201b, #ff8f85);
  --c0: light-dark(#0f6e66, #5ad1c3);
  --c1: light-dark(#b34a12, #f2a065);
  --c2: light-dark(#5f4bb6, #b0a2f5);
  --c3: light-dark(#8a6d00, #d9bf4a);
  --c4: light-dark(#a02664, #f08fbd);
  --c5: light-dark(#2b63b0, #86b6f7);
  --c6: light-dark(#4c7a1c, #a3d36b);
  --c7: light-dark(#5b5f5c, #a2a9a5);
}
body {
  max-width: 72rem;
  margin: 0 auto;
  padding: 1.5rem clamp(0.75rem, 3vw, 2rem) 4rem;
  background: var(--paper);
  color: var(--ink);
  font: 15px / 1.5 system-ui, sans-serif;
}
h1 { font-size: 1.4rem; }
h2 { font-size: 1.05rem; margin: 0 0 0.5rem; }
.soft { color: var(--soft); font-size: 0.85rem; margin: 0.1rem 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); }
table { border-collapse: collapse; font-size: 0.82rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
th, td { padding: 0.3rem 0.7rem; border-bottom: 1px solid var(--line); text-align: right; }
th { color: var(--soft); font-weight: 600; }
.text { text-align: left; }
`;

/** What its charts look like, by the colours of the page they stand in. */
export const chartStyle = `
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 32rem), 1fr)); gap: 1rem; margin: 1.5rem 0; }
section { padding: 1rem; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); }
svg { display: block; width: 100%; height: auto; font: 12px system-ui, sans-serif; }
.grid { stroke: var(--line); }
.roof { stroke: var(--danger); stroke-dasharray: 2 3; }
.tick, .unit { fill: var(--soft); }
.whisker { stroke: var(--ink); stroke-width: 1.5; }
.line { fill: none; stroke: currentColor; stroke-width: 2; }
circle, rect, .name { fill: currentColor; }
.c0 { color: var(--c0); } .c1 { color: var(--c1); } .c2 { color: var(--c2); } .c3 { color: var(--c3); }
.c4 { color: var(--c4); } .c5 { color: var(--c5); } .c6 { color: var(--c6); } .c7 { color: var(--c7); }
`;
