-- How far the sample data has come; written in the transaction of each batch.
CREATE TABLE IF NOT EXISTS seed_progress (
  step VARCHAR(32) CHARACTER SET ascii NOT NULL,
  batches_done INT UNSIGNED NOT NULL,
  PRIMARY KEY (step)
) ENGINE = InnoDB;
