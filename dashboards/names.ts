/** Every board by its uid, which is also its file name and its address in Grafana; a new board starts here. */
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
