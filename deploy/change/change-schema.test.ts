import { describe, expect, it } from 'vitest';
import { parseSchemaChange, renderCost } from './change-schema.ts';

describe('a change of the schema', () => {
  it.each([
    ['ALTER TABLE orders ADD COLUMN note VARCHAR(40)', 'orders'],
    ['ALTER TABLE orders ADD COLUMN lock_until DATETIME NULL', 'orders'],
    ['alter table `order_lines` DROP COLUMN note;', 'order_lines'],
  ])('%s is of the table %s', (statement, table) => {
    expect(parseSchemaChange(statement)).toBe(table);
  });

  it.each([
    'DROP TABLE orders',
    'ALTER TABLE orders',
    'ALTER TABLE orders ADD COLUMN a INT; DROP TABLE orders',
    'ALTER TABLE orders ADD COLUMN a INT, ALGORITHM=COPY',
    'ALTER TABLE orders ADD COLUMN a INT, LOCK = NONE',
    'ALTER TABLE orders ENGINE=InnoDB #',
    'ALTER TABLE orders ENGINE=InnoDB -- instant',
    'ALTER TABLE orders ENGINE=InnoDB /* instant',
    'CREATE TABLE other (id INT)',
    '',
  ])('%j is refused', (statement) => {
    expect(() => parseSchemaChange(statement)).toThrow('is not one ALTER TABLE');
  });

  it('that copies states its cost, which grows with the table', () => {
    expect(renderCost(12_000, 3 * 2 ** 20)).toContain('about 12,000 rows (3.0 MiB)');
    expect(renderCost(12_000, 3 * 2 ** 20)).toContain('writes would wait for about 1 s.');
    expect(renderCost(1e9, 700 * 2 ** 20)).toContain('writes would wait for about 20 s.');
  });
});
