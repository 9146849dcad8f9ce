/** The style of the status page: one column of text, numbers that line up, two colours that mean something. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fcfcfa; --ink: #1c1d1f; --quiet: #62656b; --rule: #dcdcd6; --empty: #eeeeea;
  --main: #2f5d8a; --good: #3f7d58; --bad: #b3372f; --mixed: #c98a1b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16181b; --ink: #e6e6e2; --quiet: #9a9da3; --rule: #303338; --empty: #24272b;
    --main: #86b3dd; --good: #6fb78d; --bad: #ee7d72; --mixed: #e0b050;
  }
}
* { box-sizing: border-box; margin: 0; }
body {
  max-width: 54rem; margin: 0 auto; padding: 2.5rem 1.5rem 3rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums;
}
h1, h2, dt, th, .axis, footer { font-size: .8125rem; font-weight: 400; color: var(--quiet); }
h1 { letter-spacing: .02em; }
.state { margin: .25rem 0 2rem; font-size: 1.625rem; line-height: 1.25; letter-spacing: -.01em; }
.state::before {
  content: ""; display: inline-block; width: .5em; height: .5em; margin-right: .45em;
  border-radius: 50%; background: var(--good); vertical-align: .08em;
}
.state.bad::before { background: var(--bad); }
dl { display: grid; gap: 1.25rem 1.5rem; grid-template-columns: repeat(4, minmax(0, 1fr)); }
dd { font-size: 1.0625rem; line-height: 1.35; }
dd.alarm { color: var(--bad); }
dd small { display: block; font-size: .8125rem; color: var(--quiet); }
dl.figures { padding: 1.125rem 0; border: solid var(--rule); border-width: 1px 0; }
dl.figures dd { font-size: 1.625rem; letter-spacing: -.01em; }
section { margin-top: 2.25rem; }
h2 { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 1rem; margin-bottom: .5rem; }
h2 strong { font-size: 1rem; font-weight: 600; color: var(--ink); }
svg { display: block; width: 100%; height: 6.5rem; border-bottom: 1px solid var(--rule); }
.strip svg { height: 1.125rem; border: 0; }
.axis { display: grid; grid-template-columns: repeat(4, 1fr); position: relative; margin-top: .25rem; }
.axis :last-child { position: absolute; right: 0; }
.place { fill: transparent; }
g:hover .place { fill: var(--empty); }
.bar { fill: var(--main); }
.line { fill: none; stroke: var(--main); stroke-width: 1.5px; vector-effect: non-scaling-stroke; }
.good { fill: var(--good); } .bad { fill: var(--bad); } .mixed { fill: var(--mixed); } .unknown { fill: var(--empty); }
.columns { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 3rem; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .25rem 0; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: baseline; }
th { padding-right: 1rem; }
td { text-align: right; font-size: .9375rem; overflow-wrap: anywhere; }
footer { margin-top: 2.5rem; }
footer a { color: inherit; }
@media (max-width: 40rem) {
  body { padding: 1.5rem 1.125rem 2rem; }
  dl { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .columns { grid-template-columns: minmax(0, 1fr); }
  .state { font-size: 1.375rem; margin-bottom: 1.5rem; }
}
`;
