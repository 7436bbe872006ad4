import { userInfo } from 'node:os';

/** Login name of the user at the terminal, also with `sudo`. */
export function userName(): string {
  return process.env['SUDO_USER'] ?? userInfo().username;
}
