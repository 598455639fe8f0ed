/** The dashboard's one style sheet. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --paper: #fff; --soft: #f2f5f9; --line: #cfd7e0; --edge: #7d8a99; --muted: #4a5563; --link: #0b57a4; --good: #0b6b2c; --good-soft: #e4f4e9; --bad: #a4160b; --bad-soft: #fdeae8; --now-soft: #e3effc }
@media (prefers-color-scheme: dark) { :root { --ink: #e3e8ef; --paper: #14181f; --soft: #1e242e; --line: #3d4755; --edge: #74818f; --muted: #aab4c0; --link: #7db8f5; --good: #7ddc9a; --good-soft: #16301f; --bad: #ff8a80; --bad-soft: #3a1a18; --now-soft: #172c44 } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 70rem; padding: 1rem; color: var(--ink); background: var(--paper); overflow-wrap: anywhere }
a { color: var(--link) } :focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0; padding: 0; list-style: none } nav a { display: inline-block; padding: .35rem 0 } nav a[aria-current] { font-weight: 600; color: inherit; text-decoration: none }
.tabs { margin: 1.25rem 0 .75rem; border-bottom: 1px solid var(--line) } .tabs a[aria-current] { box-shadow: 0 3px 0 var(--link) }
table { border-collapse: collapse; width: 100% } th, td { text-align: start; padding: .35rem .75rem .35rem 0; vertical-align: top; border-bottom: 1px solid var(--line) } th { white-space: nowrap } .facts th { width: 6rem; font-weight: 400; color: var(--muted) } .when { white-space: nowrap } .note { color: var(--muted); font-size: .9rem }
pre { background: var(--soft); padding: .8rem; white-space: pre-wrap } summary { padding: .25rem 0 }
iframe { box-sizing: border-box; width: 100%; height: 34rem; border: 1px solid var(--line); background: #fff }
.empty { padding: .85rem 1rem; border-inline-start: .35rem solid var(--link); background: var(--soft) }
.status { font-weight: 600 } .FAILED, .ABORTED, .TIMED_OUT, .broken { color: var(--bad) } .SUCCEEDED { color: var(--good) }
.picture { overflow-x: auto } .picture svg { display: block; width: 100%; min-width: 34rem; max-width: 46rem; height: auto }
.state rect { fill: var(--paper); stroke: var(--edge); stroke-width: 1.5 } .state text { text-anchor: middle; fill: var(--ink) } .state .name { font: 600 15px system-ui, sans-serif } .state .note { font: 13px system-ui, sans-serif; fill: var(--muted) }
.state.untouched rect { stroke-dasharray: 5 4 } .state.untouched .name { font-weight: 400; fill: var(--muted) }
.state.visited rect { fill: var(--good-soft); stroke: var(--good) } .state.broken rect { fill: var(--bad-soft); stroke: var(--bad) } .state.current rect { fill: var(--now-soft); stroke: var(--link); stroke-width: 4 }
.way { fill: none; stroke: var(--edge); stroke-width: 1.5 } .way.caught { stroke-dasharray: 4 4 } .way.taken { stroke: var(--ink); stroke-width: 2.5 } .arrow { fill: var(--edge) } .arrow-taken { fill: var(--ink) }
form { margin: .75rem 0 } label { display: block; margin-bottom: .25rem } .row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center }
input, button, .person { font: inherit; min-height: 2.75rem; padding: .35rem .8rem; border: 1px solid var(--edge); border-radius: 6px; background: var(--paper); color: var(--ink) } input[type=search] { flex: 1 1 14rem; max-width: 30rem }
button { cursor: pointer; background: var(--soft); font-weight: 600 } button:hover, .person:hover { border-color: var(--link) } input[aria-invalid] { border-color: var(--bad) } .problem { color: var(--bad); font-weight: 600; display: block; margin-bottom: .25rem }
.people { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .6rem; margin: 0; padding: 0; list-style: none } .person { display: block; padding: .6rem .9rem; text-decoration: none } .person strong { display: block; color: var(--link) } .person span { color: var(--muted) }
.card { padding: .85rem 1rem; border: 1px solid var(--line); border-radius: 6px } .card h2 { margin-top: 0 }
@media (max-width: 40rem) { .rows thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) } .rows, .rows tbody, .rows tr, .rows td { display: block } .rows tr { padding: .5rem 0; border-bottom: 1px solid var(--line) } .rows td { padding: .1rem 0; border: 0 } .rows td:empty { display: none } }
`;
