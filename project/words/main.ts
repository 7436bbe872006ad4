import { makeProgram } from '../../cli.ts';
import { checkTexts } from './check-text.ts';
import {
  readAlertTexts,
  readComments,
  readDashboardTexts,
  readDocuments,
  readErrorTexts,
  readHelp,
  readMetricHelp,
} from './read-texts.ts';

/** `node project/words/main.ts`: fails on words that the glossary bans, and on sentences that are too long. */
const problems = checkTexts([
  ...readDocuments(),
  ...readHelp(makeProgram(new AbortController().signal)),
  ...readErrorTexts(),
  ...readAlertTexts(),
  ...readDashboardTexts(),
  ...readMetricHelp(),
  ...readComments(),
]);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
