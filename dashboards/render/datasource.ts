/** The data source that the reader chose; everything on a board reads it. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const;
