-- How far each table with encrypted columns has been re-encrypted (common/reseal).
CREATE TABLE reseal_cursors (
  table_name VARCHAR(64)  NOT NULL,
  generation INT          NOT NULL,  -- of the key that is being changed to
  position   VARCHAR(500) NOT NULL,  -- the key of the last row looked at; empty: from the start
  PRIMARY KEY (table_name)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
