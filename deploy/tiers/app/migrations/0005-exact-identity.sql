-- What identifies something is compared byte by byte. The collation of the server calls letters with and without accents, in both cases
-- and in a circle equal, and invisible characters nothing. utf8mb4_0900_bin, unlike utf8mb4_bin, also tells trailing spaces apart.
-- Existing addresses are brought into their one form by boot/normalise-emails.ts, which checks them before these statements run.
ALTER TABLE users MODIFY email VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL;

ALTER TABLE products MODIFY sku VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL;

ALTER TABLE seed_progress MODIFY step VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL;
