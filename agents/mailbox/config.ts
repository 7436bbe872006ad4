import { z } from 'zod';
import { readConfig } from '../../kit/read-config.ts';

const configSchema = z.object({
  host: z.string(),
  smtpPort: z.number(),
  /** The page and the API. */
  pagePort: z.number(),
  /** Folder of the mails. */
  folder: z.string(),
  /** The only user that may send. */
  user: z.string(),
  passwordFile: z.string(),
  certFile: z.string(),
  keyFile: z.string(),
  /** The oldest mail beyond this number is removed. */
  maxMails: z.number().positive(),
  /** One Markdown file per alert, by its name. */
  runbooksFolder: z.string(),
  /** Links at the top of the page. */
  links: z.array(z.object({ title: z.string(), url: z.string() })),
});

export type MailboxConfig = Readonly<z.infer<typeof configSchema>>;

/** Reads `mailbox.json`. Throws `invalid-topology` if it is unreadable or invalid. */
export function parseMailboxConfig(file: string): MailboxConfig {
  return readConfig(file, configSchema, 'the mailbox');
}
