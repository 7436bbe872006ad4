import { describe, expect, it } from 'vitest';
import { adviseOn, findBuildCause, parseStep, renderBuildArguments } from './build.ts';

const NPM = `
#11 [packages 7/8] RUN true
#11 CACHED
#12 [packages 8/8] RUN --mount=type=cache,target=/root/.npm     node npm-cli.js ci
#12 0.948 npm error code EUSAGE
#12 0.957 npm error
#12 0.957 npm error \`npm ci\` can only install packages when package.json and package-lock.json are in sync
#12 0.977 npm error A complete log of this run can be found in: /root/.npm/_logs/x.log
#12 ERROR: process "/bin/sh -c node npm-cli.js ci" did not complete successfully: exit code: 1
------
 > [packages 8/8] RUN --mount=type=cache,target=/root/.npm     node npm-cli.js ci:
0.948 npm error code EUSAGE
------
ERROR: failed to build: failed to solve: process "/bin/sh -c node npm-cli.js ci" did not complete successfully: exit code: 1`.split(
  '\n',
);

const APT = `
#7 [2/3] RUN install-packages nothing-like-this
#7 1.512 E: Unable to locate package nothing-like-this
#7 1.600 cleaning up
#7 ERROR: process "/bin/sh -c install-packages nothing-like-this" did not complete successfully: exit code: 100
ERROR: failed to solve: process "/bin/sh -c install-packages nothing-like-this" did not complete successfully: exit code: 100`.split(
  '\n',
);

const MISSING_FILE = `
#5 [2/2] COPY deploy/none /
#5 ERROR: failed to calculate checksum of ref 6a9d-bb24::pehh: "/deploy/none": not found
ERROR: failed to build: failed to solve: failed to compute cache key: failed to calculate checksum of ref 6a9d-bb24::pehh: "/deploy/none": not found`.split(
  '\n',
);

describe('findBuildCause', () => {
  it.each([
    ['the line of npm with the reason', NPM, /package-lock\.json are in sync$/],
    ["apt's error before later output", APT, /^E: Unable to locate package nothing-like-this$/],
    ["BuildKit's message if no step printed anything", MISSING_FILE, /^"\/deploy\/none": not found$/],
    ['the last line of any other output', ['docker: unknown command: docker buildx'], /unknown command/],
    ['a placeholder for empty output', [], /docker printed no error/],
  ])('finds %s', (_what, output, expected) => {
    expect(findBuildCause(output)).toMatch(expected);
  });
});

describe('adviseOn', () => {
  it.each([
    ['write /x: no space left on device', /Free disk space/],
    ['x509: certificate signed by unknown authority', /certificate authority/],
    ['Temporary failure resolving mirror.example', /network/],
    ['fetch-package: npm 11 has checksum a, pinned is b', /pinned checksum/],
    ['something else', /Correct the cause/],
  ])('gives advice on %s', (cause, expected) => {
    expect(adviseOn(cause)).toMatch(expected);
  });
});

describe('parseStep', () => {
  it('shows an instruction without its mounts', () => {
    expect(parseStep(NPM[3] ?? '')).toBe('step 8/8, RUN node npm-cli.js ci');
    expect(parseStep('#7 [2/3] RUN install-packages x')).toBe('step 2/3, RUN install-packages x');
  });

  it('ignores output lines and internal steps', () => {
    expect(parseStep('#12 0.948 npm error')).toBeUndefined();
    expect(parseStep('#2 [internal] load build definition from Dockerfile')).toBeUndefined();
  });
});

describe('renderBuildArguments', () => {
  it('contains every tag, label, argument and named context, and the repository as the build context', () => {
    const request = {
      name: 'lb',
      root: '/checkout',
      dockerfile: 'deploy/tiers/lb/image/Dockerfile',
      target: undefined,
      tags: ['holdfast/lb:dev'],
      labels: { 'org.holdfast': '1' },
      args: { REVISION: 'abc' },
      contexts: { 'holdfast/base:dev': 'docker-image://holdfast/base:123' },
    };
    expect(renderBuildArguments(request, 'default').join(' ')).toBe(
      'buildx build --builder default --progress plain --file deploy/tiers/lb/image/Dockerfile --tag holdfast/lb:dev --label org.holdfast=1 --build-arg REVISION=abc --build-context holdfast/base:dev=docker-image://holdfast/base:123 .',
    );
  });
});
