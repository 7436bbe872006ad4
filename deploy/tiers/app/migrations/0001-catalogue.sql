-- What is sold. Stock stands apart from the description: it changes with every order, the description hardly ever.
CREATE TABLE IF NOT EXISTS products (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  sku VARCHAR(16) CHARACTER SET ascii NOT NULL,
  name VARCHAR(120) NOT NULL,
  category VARCHAR(40) NOT NULL,
  description VARCHAR(1000) NOT NULL,
  price_cents INT UNSIGNED NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY products_sku (sku)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;

CREATE TABLE IF NOT EXISTS stock (
  product_id INT UNSIGNED NOT NULL,
  quantity INT UNSIGNED NOT NULL,
  PRIMARY KEY (product_id),
  CONSTRAINT stock_product FOREIGN KEY (product_id) REFERENCES products (id)
) ENGINE = InnoDB;
