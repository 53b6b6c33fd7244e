CREATE TABLE orders (
  id TEXT PRIMARY KEY, customer TEXT, item TEXT, total TEXT, status TEXT, address TEXT
);
INSERT INTO orders VALUES
  ('A-1001', 'Ada Lovelace', 'Punched cards, 500', '19.90', 'open', '12 St James''s Square, London'),
  ('A-1002', 'Ada Lovelace', 'Brass gear', '7.25', 'shipped', '12 St James''s Square, London'),
  ('A-1003', 'Siobhán O''Brien', 'O''Brien''s teapot', '34.00', 'open', '7 Eccles Street, Dublin'),
  ('A-1004', 'Siobhán O''Brien', 'Tea, 1 kg', '18.50', 'shipped', '7 Eccles Street, Dublin'),
  ('A-1005', 'Grace Hopper', 'Moth in a frame', '99.00', 'open', '9 Navy Yard, Arlington'),
  ('A-1006', '山田 花子', '抹茶', '12.00', 'shipped', '東京都千代田区1-1'),
  ('A-1007', 'Jürgen Groß', 'Füllfederhalter', '45.00', 'open', 'Hauptstraße 3, Köln');
