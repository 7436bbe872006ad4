/** The selected data source, which all queries of a board use. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const;
