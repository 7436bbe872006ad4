/** Styles of the report: one column, light or dark by the reader's system setting, without external resources. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --ground: #fbfbfa; --card: #fff; --ink: #1d2127; --faint: #636c78; --line: #dfe2e6;
  --ok: #3f7fca; --slow: #d9940f; --failed: #cc3a30; --fault: #cc3a30; --held: #1d7f47; --unknown: #a36a00; --violated: #c22f26; --alert: #8250c4; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171b; --card: #1c2026; --ink: #e5e8ec; --faint: #98a2b0; --line: #323841;
  --ok: #5b9bea; --slow: #e7ab3c; --failed: #f0675d; --fault: #f0675d; --held: #4cc57f; --unknown: #e0ab46; --violated: #f47a71; --alert: #b48cf0; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 0; } h3 { font-size: 14px; margin: 24px 0 6px; color: var(--faint); }
p { margin: 4px 0; } .faint { color: var(--faint); }
section, .summary { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 20px 22px; margin-top: 20px; }
.head { display: flex; gap: 12px; align-items: baseline; flex-wrap: wrap; } .head .faint { margin-left: auto; }
.verdict { font-weight: 600; border: 1px solid currentcolor; border-radius: 4px; padding: 0 7px; font-size: 13px; white-space: nowrap; }
.held { color: var(--held); } .unknown { color: var(--unknown); } .violated { color: var(--violated); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; font-weight: 500; color: var(--faint); font-size: 13px; } td, th { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number { font-variant-numeric: tabular-nums; white-space: nowrap; } tr:last-child td { border-bottom: 0; }
ul.reasons { margin: 8px 0 0; padding-left: 20px; } a { color: inherit; }
details { margin-top: 10px; } summary { cursor: pointer; color: var(--faint); } pre { overflow-x: auto; font-size: 12.5px; line-height: 1.45; margin: 8px 0; }
.chart { overflow-x: auto; margin-top: 14px; } .chart svg { display: block; min-width: 760px; width: 100%; height: auto; font: 11px system-ui, sans-serif; }
.chart text { fill: var(--faint); } .chart .mark text { fill: var(--card); font-weight: 600; font-size: 10px; }
.key span { display: inline-flex; align-items: center; gap: 6px; margin-right: 16px; font-size: 13px; color: var(--faint); }
.key i { width: 11px; height: 11px; border-radius: 2px; display: inline-block; }
.key i.medianline { height: 2px; background: var(--ok); } .key i.worstdot { width: 6px; height: 6px; border-radius: 3px; background: var(--slow); }
.ok { fill: var(--ok); background: var(--ok); } .slow { fill: var(--slow); background: var(--slow); } .failed { fill: var(--failed); background: var(--failed); }
.faultband { fill: var(--fault); opacity: .1; } i.faultband { background: var(--fault); opacity: .25; }
.grid { stroke: var(--line); stroke-width: 1; } .median { fill: none; stroke: var(--ok); stroke-width: 1.2; } .worst { fill: var(--slow); }
.mark line { stroke-width: 1; stroke-dasharray: 3 3; } .mark circle { stroke: none; }
.k-fault line { stroke: var(--fault); } .k-fault circle { fill: var(--fault); } .k-alert line, .k-mail line { stroke: var(--alert); } .k-alert circle, .k-mail circle { fill: var(--alert); }
.k-recovery line { stroke: var(--held); } .k-recovery circle { fill: var(--held); } .k-problem line { stroke: var(--unknown); } .k-problem circle { fill: var(--unknown); }
.step-drain { fill: var(--slow); background: var(--slow); } .step-drained { fill: var(--slow); background: var(--slow); opacity: .5; }
.step-hand-over, .step-reload { fill: var(--alert); background: var(--alert); } .step-reload { opacity: .55; } .step-stop { fill: var(--failed); background: var(--failed); }
.step-start { fill: var(--failed); background: var(--failed); opacity: .5; } .step-ready, .step-return { fill: var(--ok); background: var(--ok); }
.key i.step-drain, .key i.step-hand-over, .key i.step-reload, .key i.step-ready { height: 7px; } .key i.step-return { height: 3px; }
.step-redundant line { stroke: var(--held); stroke-width: 2; } .key i.step-redundant { width: 2px; height: 14px; background: var(--held); }
.hatch { stroke: var(--ink); stroke-width: 2; } .key i.unreached { background: repeating-linear-gradient(45deg, var(--ink) 0 2px, transparent 2px 5px); }
@media print { section { break-inside: avoid; } }
`;
