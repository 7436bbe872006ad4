/** Uids of all boards: also their file names and part of their URLs in Grafana. Add a new board here first. */
export const BOARD_UIDS = [
  'holdfast-overview',
  'holdfast-objectives',
  'holdfast-probes',
  'holdfast-edge',
  'holdfast-lb',
  'holdfast-web',
  'holdfast-app',
  'holdfast-user-behaviour',
  'holdfast-database',
  'holdfast-cache',
  'holdfast-hosts',
  'holdfast-monitors',
  'holdfast-load',
  'holdfast-chaos',
] as const;

export type BoardUid = (typeof BOARD_UIDS)[number];
