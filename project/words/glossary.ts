/** A banned word, and the standard terms to use instead. */
export interface Banned {
  readonly pattern: RegExp;
  readonly instead: string;
}

const words = (pattern: string, instead: string): Banned => ({
  pattern: new RegExp(`\\b(?:${pattern})\\b`, 'iu'),
  instead,
});

/** Paraphrases of standard terms. Readers cannot search for them. */
export const GLOSSARY: readonly Banned[] = [
  words('tells?|told|telling', 'notify, report, expose, log, push'),
  words('an? look|looks?|looked|looking', 'scrape, collection, health check, check, poll; see'),
  words('mends?|mended|mending', 'repair (software), fix (people), revert (a fault)'),
  words('anew', 'again'),
  words('seldom', 'slow (interval), rarely'),
  words('nobody|somebody|whoever|everybody', 'name the actor'),
  words('gone', 'down, unreachable or removed'),
  words('dies|died|lives on', 'crash, exit; continue'),
  words('ill', 'unhealthy'),
  words('ways? of notification', 'alert delivery'),
  words('signs? of life', 'heartbeat'),
  words('persons? on call', 'on-call engineer'),
  words('of the day', 'current'),
  words('in (?:its|their) own eyes', 'self-reported'),
  words('thr(?:ows?|ew|own) away', 'evict, discard'),
  words('giv(?:es|en) up|gave up', 'mark down, open the circuit breaker'),
  words('led back|lead back', 'rejoin'),
  words('it bit|bites?', 'took effect'),
  words('promised?|promises', 'guarantee'),
  words('(?:the|a|each) rooms?|rooms', 'module'),
  words('doors?', 'endpoint'),
  words('hands? out', 'serve'),
  words('unhurried', 'low-priority'),
  words('weightiest', 'highest-priority'),
  words('mutes?|muted', 'inhibit, silence'),
  words('ways? in', 'public endpoint'),
  words('shel(?:f|ves)', 'buffer'),
  words('it is over', 'resolved'),
  words('under way', 'in flight'),
  words('tried again', 'retried'),
  words('takes? writes', 'accept writes'),
  words('holds? (?:it |them )?for', 'consider'),
  words('want of', 'lack of'),
  words('doings', 'actions'),
  words('again and again', 'repeatedly'),
];

/** Maximum words of a sentence. Longer ones usually state more than one fact. */
export const MOST_WORDS = 30;
