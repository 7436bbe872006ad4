/** Which room may import which; the reasons say what to do instead. */
const below = {
  kit: [],
  deploy: ['kit'],
  exporters: ['kit', 'deploy/topology'],
  // What Alertmanager is told to mute is checked against the alerts.
  alerts: ['kit', 'deploy/topology', 'deploy/tiers/monitor', 'exporters'],
  dashboards: ['kit', 'deploy', 'exporters', 'alerts'],
  chaos: ['kit', 'deploy', 'exporters', 'alerts'],
};
const rooms = ['kit', 'deploy', 'exporters', 'alerts', 'dashboards', 'chaos', 'agents'];

export default {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'Move what both need into a third file that neither owns.',
      from: {},
      to: { circular: true },
    },
    ...Object.entries(below).map(([room, allowed]) => ({
      name: `${room}-looks-down-only`,
      severity: 'error',
      comment: `${room}/ may import ${allowed.join(', ') || 'no other room'}: pass the value in as an argument, or move the shared part down.`,
      from: { path: `^${room}/` },
      to: {
        path: `^(${rooms.join('|')}|cli\\.ts)`,
        pathNot: [room, ...allowed].map((name) =>
          // The model: what exists, and what is derived from it for everybody.
          name === 'deploy/topology'
            ? '^deploy/(topology|profile|host|hops|scrape-jobs|access-log|route-classes|web-vitals)'
            : `^${name}/`,
        ),
      },
    })),
    {
      name: 'dashboards-are-for-people',
      severity: 'error',
      comment:
        'Boards are looked at; programs ask Prometheus or the catalogue. Only the command line and what renders files may import them.',
      from: { path: `^(${rooms.filter((room) => room !== 'dashboards').join('|')})/` },
      to: { path: '^dashboards/' },
    },
    {
      name: 'k6-stands-alone',
      severity: 'error',
      comment: 'k6 scripts run in k6, not in Node: only k6/* and its own helpers can be loaded there.',
      from: { path: '^k6/(suites|lib)/' },
      to: { pathNot: '^k6(/|$)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(node_modules|\\.holdfast)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
