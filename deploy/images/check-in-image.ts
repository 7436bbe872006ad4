import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { RenderedFile } from '../model/rendered-file.ts';

interface CheckResult {
  readonly exitCode: number | undefined;
  readonly output: string;
}

/**
 * Runs a server's own configuration check on rendered files, in the image that uses them. It has no network, and may bind to addresses that
 * do not exist. `dockerFlags` are added to `docker run`.
 */
export async function checkInImage(
  image: string,
  files: readonly RenderedFile[],
  { command, dockerFlags = [] }: { readonly command: string; readonly dockerFlags?: readonly string[] },
): Promise<CheckResult> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-check-'));
  try {
    for (const { path, text } of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const flags = ['--network=none', '--sysctl=net.ipv4.ip_nonlocal_bind=1', `--volume=${folder}:/etc/holdfast:ro`];
    const run = ['run', '--rm', ...flags, ...dockerFlags, image, 'sh', '-c', command];
    const result = await execa('docker', run, { reject: false, all: true });
    return { exitCode: result.exitCode, output: result.all };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
