/** Which module may import which; the reasons say what to do instead. */
const below = {
  kit: [],
  deploy: ['kit'],
  exporters: ['kit', 'deploy/model'],
  // The inhibition rules of Alertmanager are checked against the alerts.
  alerts: ['kit', 'deploy/model', 'deploy/tiers/monitor', 'exporters'],
  dashboards: ['kit', 'deploy', 'exporters', 'alerts'],
  chaos: ['kit', 'deploy', 'exporters', 'alerts'],
};
/** The folders of deploy/, lowest first: which may import which, and what to do instead. */
const insideDeploy = {
  model: { allowed: [], instead: 'The model says what exists and knows no tier: move the fact into deploy/model.' },
  tiers: {
    allowed: ['model'],
    instead: 'A tier is rendered from the model alone: pass the value in, or move it into deploy/model.',
  },
  machine: {
    allowed: ['model'],
    instead: 'What a machine offers is independent of images and tiers: pass the value in.',
  },
  images: {
    allowed: ['model', 'machine'],
    instead: 'An image is built from its Dockerfile: what a tier renders is mounted by deploy/stack.',
  },
  stack: {
    allowed: ['model', 'tiers', 'machine', 'images'],
    instead: 'deploy/stack creates and removes a stack: a change of a running one belongs into deploy/change.',
  },
  observe: {
    allowed: ['model'],
    instead: 'An observation of the running stack needs its topology only: pass the value in.',
  },
  change: {
    allowed: ['model', 'tiers', 'machine', 'images', 'stack', 'observe'],
    instead: 'A release uses the change of hosts, not the other way round: move what both need into deploy/stack.',
  },
  release: {
    allowed: ['model', 'tiers', 'machine', 'images', 'stack', 'observe', 'change'],
    instead: 'Only commands.ts imports from all other folders.',
  },
};
const modules = ['kit', 'deploy', 'exporters', 'alerts', 'dashboards', 'chaos', 'agents'];

export default {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'Move what both need into a third file that neither owns.',
      from: {},
      to: { circular: true },
    },
    ...Object.entries(below).map(([name, allowed]) => ({
      name: `${name}-looks-down-only`,
      severity: 'error',
      comment: `${name}/ may import ${allowed.join(', ') || 'no other module'}: pass the value in as an argument, or move the shared part down.`,
      from: { path: `^${name}/` },
      to: {
        path: `^(${modules.join('|')}|cli\\.ts)`,
        pathNot: [name, ...allowed].map((other) => `^${other}/`),
      },
    })),
    ...Object.entries(insideDeploy).map(([folder, { allowed, instead }]) => ({
      name: `deploy-${folder}-looks-down-only`,
      severity: 'error',
      comment: `deploy/${folder}/ may import ${allowed.map((name) => `deploy/${name}`).join(', ') || 'no other folder of deploy'}. ${instead}`,
      // Tests of a tier start images and take pictures.
      from: { path: `^deploy/${folder}/`, pathNot: '\\.test\\.ts$' },
      to: { path: '^deploy/', pathNot: [folder, ...allowed].map((name) => `^deploy/${name}/`) },
    })),
    {
      name: 'dashboards-are-for-people',
      severity: 'error',
      comment:
        'Dashboards are for people; programs query Prometheus or the catalogue. Only the command line and the renderers of files may import them.',
      from: { path: `^(${modules.filter((name) => name !== 'dashboards').join('|')})/` },
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
