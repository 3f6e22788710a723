-- Statements in PostgreSQL's SQL as applications send them: what `./shale bench gate` parses.
-- A statement ends at a semicolon at the end of a line; lines of comments stand between statements only.

-- A shop, as EF Core with Npgsql sends it.
SELECT p."Id", p."CategoryId", p."Description", p."IsActive", p."Name", p."Price", p."Sku", p."UpdatedAt"
FROM "Products" AS p
WHERE p."Id" = @__id_0
LIMIT 2;
SELECT p."Id", p."Name", p."Price"
FROM "Products" AS p
WHERE p."IsActive" AND p."CategoryId" = @__categoryId_0
ORDER BY p."Name", p."Id"
LIMIT @__p_2 OFFSET @__p_1;
SELECT count(*)::int
FROM "Products" AS p
WHERE p."IsActive" AND p."CategoryId" = @__categoryId_0;
SELECT EXISTS (
    SELECT 1
    FROM "Customers" AS c
    WHERE c."NormalizedEmail" = @__email_0);
SELECT t."Id", t."CreatedAt", t."CustomerId", t."Status", t."Total", o0."Id", o0."OrderId", o0."ProductId", o0."Quantity", o0."UnitPrice"
FROM (
    SELECT o."Id", o."CreatedAt", o."CustomerId", o."Status", o."Total"
    FROM "Orders" AS o
    WHERE o."Id" = @__orderId_0
    LIMIT 1
) AS t
LEFT JOIN "OrderLines" AS o0 ON t."Id" = o0."OrderId"
ORDER BY t."Id";
SELECT o."Id", o."CreatedAt", c."Id", c."Email", c."FirstName", c."LastName", a."Id", a."City", a."Country", a."PostalCode", a."Street"
FROM "Orders" AS o
INNER JOIN "Customers" AS c ON o."CustomerId" = c."Id"
LEFT JOIN "Addresses" AS a ON o."ShippingAddressId" = a."Id"
WHERE o."Status" = 2 AND o."CreatedAt" >= @__from_0 AND o."CreatedAt" < @__to_1
ORDER BY o."CreatedAt" DESC
LIMIT @__p_2;
SELECT p."Id", p."Name", (
    SELECT count(*)::int
    FROM "Reviews" AS r
    WHERE p."Id" = r."ProductId") AS "ReviewCount", COALESCE((
    SELECT avg(r0."Rating"::double precision)
    FROM "Reviews" AS r0
    WHERE p."Id" = r0."ProductId"), 0.0) AS "AverageRating"
FROM "Products" AS p
WHERE p."CategoryId" = ANY (@__categoryIds_0)
ORDER BY p."Id";
SELECT o."Status" AS "Key", count(*)::int AS "Count", COALESCE(sum(o."Total"), 0.0) AS "Sum"
FROM "Orders" AS o
WHERE o."CreatedAt" > now() AT TIME ZONE 'UTC' - INTERVAL '30 days'
GROUP BY o."Status";
SELECT p."Id", p."Name", p."Sku"
FROM "Products" AS p
WHERE p."Name" ILIKE @__pattern_0 ESCAPE '' OR p."Sku" LIKE @__sku_1 ESCAPE '\'
ORDER BY p."Name"
LIMIT 20;
SELECT c."Id", c."Email", t0."Id", t0."CreatedAt", t0."Total"
FROM "Customers" AS c
LEFT JOIN (
    SELECT t."Id", t."CreatedAt", t."Total", t."CustomerId"
    FROM (
        SELECT o."Id", o."CreatedAt", o."Total", o."CustomerId", ROW_NUMBER() OVER(PARTITION BY o."CustomerId" ORDER BY o."CreatedAt" DESC) AS row
        FROM "Orders" AS o
    ) AS t
    WHERE t.row <= 3
) AS t0 ON c."Id" = t0."CustomerId"
WHERE c."Tier" = 'gold'
ORDER BY c."Id", t0."CustomerId", t0."CreatedAt" DESC;
SELECT c."Id", c."CustomerId", c."ExpiresAt", c0."Id", c0."CartId", c0."ProductId", c0."Quantity", p."Name", p."Price"
FROM "Carts" AS c
LEFT JOIN "CartItems" AS c0 ON c."Id" = c0."CartId"
LEFT JOIN "Products" AS p ON c0."ProductId" = p."Id"
WHERE c."SessionKey" = @__sessionKey_0 AND c."ExpiresAt" > @__now_1
ORDER BY c."Id", c0."Id";
SELECT DISTINCT p0."Brand"
FROM "Products" AS p0
WHERE p0."Brand" IS NOT NULL AND p0."IsActive"
ORDER BY p0."Brand";
SELECT p."Id", p."Name", p."Attributes" #>> '{color}' AS "Color"
FROM "Products" AS p
WHERE p."Attributes" @> @__filter_0 AND p."Price" BETWEEN @__min_1 AND @__max_2
ORDER BY p."Price";
SELECT o."Id", o."Number"
FROM "Orders" AS o
WHERE NOT EXISTS (
    SELECT 1
    FROM "Payments" AS p
    WHERE o."Id" = p."OrderId" AND p."State" = 3) AND o."Status" <> 5
ORDER BY o."Id"
LIMIT @__p_0;
SELECT i."ProductId", i."WarehouseId", i."OnHand", i."Reserved", i.xmin
FROM "Inventory" AS i
WHERE i."ProductId" = $1 AND i."WarehouseId" = $2
LIMIT 1;
SELECT date_trunc('day', o."CreatedAt") AS "Day", sum(l."Quantity" * l."UnitPrice") AS "Revenue"
FROM "Orders" AS o
INNER JOIN "OrderLines" AS l ON o."Id" = l."OrderId"
WHERE o."StoreId" = @__storeId_0 AND o."Status" IN (2, 3, 4)
GROUP BY date_trunc('day', o."CreatedAt")
ORDER BY date_trunc('day', o."CreatedAt");
SELECT p."Id", p."Name", CASE
    WHEN p."StockLevel" = 0 THEN 'out'
    WHEN p."StockLevel" < @__threshold_0 THEN 'low'
    ELSE 'ok'
END AS "Availability"
FROM "Products" AS p
WHERE p."SupplierId" = @__supplierId_1;
SELECT w."ProductId", p."Name", p."Price", w."AddedAt"
FROM "WishlistItems" AS w
INNER JOIN "Products" AS p ON w."ProductId" = p."Id"
WHERE w."CustomerId" = $1 AND (p."IsActive" OR w."KeepWhenGone")
ORDER BY w."AddedAt" DESC;
SELECT t."Name", t."Sold"
FROM (
    SELECT p."Name", sum(l."Quantity")::bigint AS "Sold"
    FROM "OrderLines" AS l
    INNER JOIN "Products" AS p ON l."ProductId" = p."Id"
    GROUP BY p."Id", p."Name"
    HAVING sum(l."Quantity") > @__atLeast_0
) AS t
ORDER BY t."Sold" DESC, t."Name"
LIMIT 10;
SELECT c."Code", c."DiscountPercent", c."ValidUntil"
FROM "Coupons" AS c
WHERE upper(c."Code") = @__ToUpper_0 AND (c."ValidUntil" IS NULL OR c."ValidUntil" >= @__today_1) AND c."Used" < c."Limit"
LIMIT 2;
SELECT c."Id", c."Name", c."ParentId", c0."Id", c0."Name"
FROM "Categories" AS c
LEFT JOIN "Categories" AS c0 ON c."ParentId" = c0."Id"
WHERE c."ParentId" IS NULL OR c0."IsVisible"
ORDER BY c."SortOrder", c."Name" NULLS FIRST;
SELECT r."Id", r."Body", r."Rating", c."DisplayName"
FROM "Reviews" AS r
INNER JOIN "Customers" AS c ON r."CustomerId" = c."Id"
WHERE r."ProductId" = @__productId_0 AND r."IsApproved" AND (r."CreatedAt" < @__before_1 OR r."CreatedAt" = @__before_1 AND r."Id" < @__lastId_2)
ORDER BY r."CreatedAt" DESC, r."Id" DESC
LIMIT @__p_3;
SELECT u."Id", u."Discriminator", u."Amount", u."CardLast4", u."Iban"
FROM "PaymentMethods" AS u
WHERE u."Discriminator" IN ('CardPayment', 'BankTransfer') AND u."CustomerId" = @__customerId_0;
SELECT o."Id", t."Carrier", t."TrackingNumber"
FROM "Orders" AS o
LEFT JOIN LATERAL (
    SELECT s."Carrier", s."TrackingNumber"
    FROM "Shipments" AS s
    WHERE s."OrderId" = o."Id"
    ORDER BY s."ShippedAt" DESC
    LIMIT 1
) AS t ON TRUE
WHERE o."CustomerId" = @__customerId_0;
SELECT max(p."Price") FROM "Products" AS p WHERE p."CategoryId" = @__categoryId_0 AND NOT (p."IsHidden");
SELECT s."Id", s."Price", s."StartsOn"
FROM "SpecialOffers" AS s
WHERE s."ProductId" = @__productId_0 AND s."StartsOn" <= CURRENT_DATE AND (s."EndsOn" IS NULL OR s."EndsOn" >= CURRENT_DATE)
ORDER BY s."Price"
LIMIT 1;
SELECT o0."ProductId" AS "Key", avg(o0."UnitPrice") AS "Average", min(o0."UnitPrice") AS "Lowest", count(DISTINCT o0."OrderId")::int AS "Orders"
FROM "OrderLines" AS o0
WHERE o0."ProductId" = ANY ($1)
GROUP BY o0."ProductId"
HAVING count(*)::int >= $2;
SELECT p."Id", p."Slug", p."SearchVector"
FROM "Products" AS p
WHERE p."SearchVector" @@ plainto_tsquery('english', @__query_0)
ORDER BY ts_rank(p."SearchVector", plainto_tsquery('english', @__query_0)) DESC
LIMIT @__p_1;
SELECT g."Id", g."Balance"
FROM "GiftCards" AS g
WHERE g."Code" = $1
LIMIT 1
FOR UPDATE;
SELECT t."Kind", t."At", t."Text"
FROM (
    SELECT 'order' AS "Kind", o."CreatedAt" AS "At", o."Number" AS "Text"
    FROM "Orders" AS o
    WHERE o."CustomerId" = @__customerId_0
    UNION ALL
    SELECT 'return', r."RequestedAt", r."Reason"
    FROM "Returns" AS r
    WHERE r."CustomerId" = @__customerId_0
) AS t
ORDER BY t."At" DESC;
SELECT p."Id", p."Tags"
FROM "Products" AS p
WHERE 'clearance' = ANY (p."Tags") AND cardinality(p."Tags") > 1;
INSERT INTO "Customers" ("CreatedAt", "Email", "FirstName", "LastName", "NormalizedEmail")
VALUES (@p0, @p1, @p2, @p3, @p4)
RETURNING "Id";
INSERT INTO "Orders" ("CreatedAt", "CustomerId", "Number", "ShippingAddressId", "Status", "Total")
VALUES (@p0, @p1, @p2, @p3, @p4, @p5)
RETURNING "Id", "RowVersion";
INSERT INTO "OrderLines" ("OrderId", "ProductId", "Quantity", "UnitPrice")
VALUES (@p6, @p7, @p8, @p9),
(@p10, @p11, @p12, @p13),
(@p14, @p15, @p16, @p17)
RETURNING "Id";
INSERT INTO "CartItems" ("CartId", "ProductId", "Quantity") VALUES ($1, $2, $3);
INSERT INTO "Reviews" ("Body", "CustomerId", "IsApproved", "ProductId", "Rating")
VALUES ($1, $2, FALSE, $3, $4)
RETURNING "Id", "CreatedAt";
INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20240118093012_AddOrderNumbers', '8.0.1');
UPDATE "Orders" SET "Status" = @p0, "UpdatedAt" = @p1
WHERE "Id" = @p2 AND "RowVersion" = @p3
RETURNING "RowVersion";
UPDATE "Inventory" SET "Reserved" = @p0
WHERE "ProductId" = @p1 AND "WarehouseId" = @p2 AND xmin = @p3;
UPDATE "Products" AS p
SET "Price" = p."Price" * @__factor_0,
    "UpdatedAt" = now()
WHERE p."CategoryId" = @__categoryId_1 AND p."IsActive";
UPDATE "CartItems" AS c0
SET "Quantity" = c0."Quantity" + 1
FROM "Carts" AS c
WHERE c0."CartId" = c."Id" AND c."SessionKey" = @__sessionKey_0 AND c0."ProductId" = @__productId_1;
UPDATE "Customers" SET "DefaultAddressId" = NULL, "PhoneNumber" = $1 WHERE "Id" = $2;
DELETE FROM "CartItems"
WHERE "Id" = @p0;
DELETE FROM "Carts" AS c
WHERE c."ExpiresAt" < @__now_0;
CREATE TABLE "Products" (
    "Id" integer GENERATED BY DEFAULT AS IDENTITY,
    "Sku" character varying(40) NOT NULL,
    "Name" text NOT NULL,
    "Description" text,
    "Price" numeric(18,2) NOT NULL,
    "IsActive" boolean NOT NULL DEFAULT TRUE,
    "CategoryId" integer NOT NULL,
    "Tags" text[] NOT NULL,
    "Attributes" jsonb,
    "UpdatedAt" timestamp with time zone NOT NULL DEFAULT (now()),
    CONSTRAINT "PK_Products" PRIMARY KEY ("Id"),
    CONSTRAINT "FK_Products_Categories_CategoryId" FOREIGN KEY ("CategoryId") REFERENCES "Categories" ("Id") ON DELETE CASCADE
);
CREATE UNIQUE INDEX "IX_Products_Sku" ON "Products" ("Sku");
CREATE INDEX "IX_Orders_CustomerId_CreatedAt" ON "Orders" ("CustomerId", "CreatedAt" DESC) WHERE "Status" <> 5;
ALTER TABLE "Orders" ADD "CouponId" integer NULL;
ALTER TABLE "Orders" ADD CONSTRAINT "FK_Orders_Coupons_CouponId" FOREIGN KEY ("CouponId") REFERENCES "Coupons" ("Id") ON DELETE SET NULL;
BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED;

-- A shop, as people write it.
WITH monthly AS (
  SELECT date_trunc('month', placed_at) AS month, sum(total) AS revenue, count(*) AS orders
  FROM orders
  WHERE status NOT IN ('cancelled', 'refunded')
  GROUP BY 1
)
SELECT month, revenue, orders,
       round(revenue / nullif(orders, 0), 2) AS average_basket,
       revenue - lag(revenue) OVER (ORDER BY month) AS change
FROM monthly
ORDER BY month DESC
LIMIT 24;
SELECT c.id, c.email, count(o.id) AS orders, coalesce(sum(o.total), 0) AS spent, max(o.placed_at) AS last_order
FROM customers c
LEFT JOIN orders o ON o.customer_id = c.id AND o.status = 'paid'
GROUP BY c.id, c.email
HAVING coalesce(sum(o.total), 0) > 500
ORDER BY spent DESC;
SELECT p.sku, p.name,
       sum(l.quantity) FILTER (WHERE o.placed_at >= now() - interval '7 days') AS sold_7d,
       sum(l.quantity) FILTER (WHERE o.placed_at >= now() - interval '30 days') AS sold_30d,
       sum(l.quantity) AS sold_ever
FROM products p
JOIN order_lines l ON l.product_id = p.id
JOIN orders o ON o.id = l.order_id
GROUP BY p.sku, p.name
ORDER BY sold_30d DESC NULLS LAST
LIMIT 50;
WITH RECURSIVE tree AS (
  SELECT id, parent_id, name, 1 AS depth, name::text AS path
  FROM categories
  WHERE parent_id IS NULL
  UNION ALL
  SELECT c.id, c.parent_id, c.name, t.depth + 1, t.path || ' / ' || c.name
  FROM categories c
  JOIN tree t ON t.id = c.parent_id
)
SELECT id, depth, path FROM tree ORDER BY path;
SELECT DISTINCT ON (customer_id) customer_id, id AS order_id, placed_at, total
FROM orders
ORDER BY customer_id, placed_at;
SELECT a.product_id AS product, b.product_id AS bought_with, count(*) AS times
FROM order_lines a
JOIN order_lines b ON a.order_id = b.order_id AND a.product_id < b.product_id
GROUP BY a.product_id, b.product_id
HAVING count(*) >= 5
ORDER BY times DESC
LIMIT 100;
SELECT w.code, p.sku, i.on_hand - i.reserved AS free
FROM inventory i
JOIN warehouses w USING (warehouse_id)
JOIN products p USING (product_id)
WHERE i.on_hand - i.reserved < p.reorder_point
ORDER BY w.code, free;
select * from products where price > 100 and not discontinued order by price desc limit 10;
SELECT c.country,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY o.total) AS median_total,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY o.total) AS p95_total
FROM orders o JOIN customers c ON c.id = o.customer_id
GROUP BY c.country;
SELECT p.id, p.name, best.price, best.supplier
FROM products p
CROSS JOIN LATERAL (
  SELECT s.price, s.supplier
  FROM supplier_prices s
  WHERE s.product_id = p.id AND s.valid_from <= current_date
  ORDER BY s.price, s.valid_from DESC
  LIMIT 1
) best
WHERE p.active;
SELECT email FROM customers WHERE lower(email) LIKE '%@example.com' AND created_at::date = current_date;
SELECT o.id, o.number, string_agg(p.name || ' x' || l.quantity, ', ' ORDER BY p.name) AS items
FROM orders o
JOIN order_lines l ON l.order_id = o.id
JOIN products p ON p.id = l.product_id
WHERE o.number = 'A-2024-000187'
GROUP BY o.id;
SELECT width_bucket(total, 0, 500, 10) AS bucket, min(total), max(total), count(*)
FROM orders
WHERE placed_at >= date '2024-01-01' AND placed_at < date '2024-01-01' + interval '1 year'
GROUP BY bucket
ORDER BY bucket;
SELECT id, name, attributes->>'color' AS color, (attributes->'size'->>'width')::numeric AS width
FROM products
WHERE attributes ? 'color' AND attributes->>'material' = 'oak' AND (attributes->'size'->>'width')::numeric > 80;
SELECT coalesce(e.sku, a.sku) AS sku, e.quantity AS expected, a.quantity AS counted, coalesce(a.quantity, 0) - coalesce(e.quantity, 0) AS difference
FROM expected_stock e
FULL OUTER JOIN stocktake a ON a.sku = e.sku AND a.stocktake_id = 42
WHERE e.quantity IS DISTINCT FROM a.quantity;
SELECT id, total, rank() OVER w AS position, sum(total) OVER (ORDER BY total DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS running
FROM orders
WHERE placed_at::date = '2024-11-29'
WINDOW w AS (ORDER BY total DESC)
ORDER BY position;
SELECT d::date AS day, count(o.id) AS orders
FROM generate_series(current_date - 13, current_date, interval '1 day') AS d
LEFT JOIN orders o ON o.placed_at >= d AND o.placed_at < d + interval '1 day'
GROUP BY d
ORDER BY d;
SELECT c.*
FROM customers c
WHERE NOT EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id AND o.placed_at > now() - interval '1 year')
  AND c.newsletter IS TRUE
  AND c.bounced_at IS NULL;
SELECT CASE WHEN grouping(category) = 1 THEN 'all categories' ELSE category END AS category,
       CASE WHEN grouping(region) = 1 THEN 'all regions' ELSE region END AS region,
       sum(amount) AS amount
FROM sales
GROUP BY ROLLUP (category, region)
ORDER BY grouping(category), category, grouping(region), region;
SELECT number, status, age(now(), placed_at) AS waiting FROM orders WHERE status = 'paid' AND shipped_at IS NULL ORDER BY placed_at LIMIT 25;
WITH first_seen AS (
  SELECT customer_id, date_trunc('month', min(placed_at)) AS cohort FROM orders GROUP BY customer_id
), activity AS (
  SELECT DISTINCT f.cohort, f.customer_id,
         (extract(year FROM age(date_trunc('month', o.placed_at), f.cohort)) * 12
          + extract(month FROM age(date_trunc('month', o.placed_at), f.cohort)))::int AS month_number
  FROM orders o JOIN first_seen f USING (customer_id)
)
SELECT cohort::date, month_number, count(*) AS customers,
       round(100.0 * count(*) / first_value(count(*)) OVER (PARTITION BY cohort ORDER BY month_number), 1) AS percent
FROM activity
GROUP BY cohort, month_number
ORDER BY cohort, month_number;
SELECT sku FROM products EXCEPT SELECT sku FROM import_products ORDER BY sku;
(SELECT id, 'product' AS kind, name FROM products WHERE name ILIKE '%lamp%' LIMIT 5)
UNION ALL
(SELECT id, 'category', name FROM categories WHERE name ILIKE '%lamp%' LIMIT 5)
ORDER BY kind, name;
SELECT count(*) FILTER (WHERE rating = 5) AS five, count(*) FILTER (WHERE rating = 1) AS one, avg(rating)::numeric(3,2) AS average
FROM reviews
WHERE product_id = 1187;
SELECT o.id FROM orders o WHERE (o.placed_at, o.id) < ('2024-06-01 12:00:00+00', 991002) ORDER BY o.placed_at DESC, o.id DESC LIMIT 50;
SELECT v.sku, v.quantity, p.id IS NULL AS unknown
FROM (VALUES ('LMP-001', 4), ('LMP-002', 10), ('CHR-330', 1)) AS v (sku, quantity)
LEFT JOIN products p ON p.sku = v.sku;
SELECT p.name, unnest(p.tags) AS tag FROM products p WHERE p.tags && ARRAY['new', 'sale']::text[];
SELECT to_char(placed_at, 'YYYY-"W"IW') AS week, count(DISTINCT customer_id) AS buyers, sum(total)::money AS total
FROM orders
GROUP BY 1
ORDER BY 1;
SELECT id, balance FROM gift_cards WHERE code = 'XK4-77Q' FOR UPDATE NOWAIT;
SELECT ntile(4) OVER (ORDER BY lifetime_value DESC) AS quartile, customer_id, lifetime_value FROM customer_values;
SELECT tax_rate_for($1, $2) AS rate, round($3::numeric * tax_rate_for($1, $2), 2) AS tax;
INSERT INTO products (sku, name, price, category_id, tags) VALUES
  ('LMP-001', 'Desk lamp, brass', 89.00, 12, '{lamp,brass}'),
  ('LMP-002', 'Desk lamp, black', 79.00, 12, '{lamp}'),
  ('LMP-003', 'Floor lamp ''Stork''', 189.50, 12, '{lamp,new}'),
  ('CHR-330', 'Chair, oak', 249.00, 7, '{chair,oak}'),
  ('CHR-331', 'Chair, walnut', 279.00, 7, DEFAULT),
  ('TBL-100', 'Table, 180 × 90', 899.00, 8, ARRAY['table', 'oak']);
INSERT INTO inventory (product_id, warehouse_id, on_hand)
VALUES ($1, $2, $3)
ON CONFLICT (product_id, warehouse_id) DO UPDATE
SET on_hand = inventory.on_hand + excluded.on_hand, updated_at = now()
RETURNING on_hand;
INSERT INTO newsletter_subscribers (email, source) VALUES (lower(trim($1)), 'footer') ON CONFLICT DO NOTHING;
INSERT INTO daily_sales (day, product_id, quantity, revenue)
SELECT o.placed_at::date, l.product_id, sum(l.quantity), sum(l.quantity * l.unit_price)
FROM orders o JOIN order_lines l ON l.order_id = o.id
WHERE o.placed_at >= current_date - 1 AND o.placed_at < current_date
GROUP BY 1, 2
ON CONFLICT (day, product_id) DO UPDATE SET quantity = excluded.quantity, revenue = excluded.revenue;
WITH new_order AS (
  INSERT INTO orders (customer_id, number, status) VALUES ($1, $2, 'new') RETURNING id
)
INSERT INTO order_lines (order_id, product_id, quantity, unit_price)
SELECT n.id, c.product_id, c.quantity, p.price
FROM new_order n, cart_items c JOIN products p ON p.id = c.product_id
WHERE c.cart_id = $3
RETURNING order_id, product_id;
INSERT INTO price_history (product_id, old_price, new_price, changed_at) SELECT id, price, round(price * 1.05, 2), now() FROM products WHERE category_id = 12;
UPDATE products p
SET price = s.price, updated_at = now()
FROM staging_prices s
WHERE s.sku = p.sku AND s.price <> p.price
RETURNING p.sku, p.price;
UPDATE orders SET status = 'shipped', shipped_at = now(), tracking = $2 WHERE id = $1 AND status = 'packed' RETURNING *;
UPDATE customers SET tier = CASE WHEN spent >= 10000 THEN 'gold' WHEN spent >= 2000 THEN 'silver' ELSE 'plain' END
FROM (SELECT customer_id, sum(total) AS spent FROM orders WHERE placed_at > now() - interval '1 year' GROUP BY customer_id) t
WHERE t.customer_id = customers.id;
UPDATE inventory SET on_hand = on_hand - 3, reserved = reserved - 3 WHERE product_id = 17 AND warehouse_id = 2 AND on_hand >= 3;
UPDATE products SET (name, description) = (SELECT t.name, t.description FROM translations t WHERE t.product_id = products.id AND t.lang = 'de') WHERE id = ANY ('{1,2,3}'::int[]);
DELETE FROM carts c USING customers u WHERE u.id = c.customer_id AND u.deleted_at IS NOT NULL;
DELETE FROM order_lines WHERE order_id IN (SELECT id FROM orders WHERE status = 'draft' AND placed_at < now() - interval '14 days');
DELETE FROM coupons WHERE valid_until < current_date RETURNING code;
CREATE TABLE orders (
  id           bigserial PRIMARY KEY,
  number       text NOT NULL UNIQUE,
  customer_id  bigint NOT NULL REFERENCES customers (id),
  status       text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'paid', 'packed', 'shipped', 'cancelled', 'refunded')),
  total        numeric(12, 2) NOT NULL DEFAULT 0 CHECK (total >= 0),
  currency     char(3) NOT NULL DEFAULT 'EUR',
  placed_at    timestamptz NOT NULL DEFAULT now(),
  shipped_at   timestamptz,
  CHECK (shipped_at IS NULL OR shipped_at >= placed_at)
);
CREATE INDEX CONCURRENTLY IF NOT EXISTS products_name_trgm ON products USING gin (name gin_trgm_ops);
CREATE OR REPLACE VIEW open_orders AS
SELECT o.id, o.number, c.email, o.total
FROM orders o JOIN customers c ON c.id = o.customer_id
WHERE o.status IN ('new', 'paid', 'packed');
ALTER TABLE products ADD COLUMN weight_grams integer CHECK (weight_grams > 0), ADD COLUMN hs_code varchar(10), DROP COLUMN IF EXISTS legacy_code CASCADE;
BEGIN;
SET LOCAL lock_timeout = '2s';

-- A CRM of many tenants, as Django sends it.
SELECT "crm_contact"."id", "crm_contact"."tenant_id", "crm_contact"."company_id", "crm_contact"."first_name", "crm_contact"."last_name", "crm_contact"."email", "crm_contact"."phone", "crm_contact"."custom", "crm_contact"."created" FROM "crm_contact" WHERE ("crm_contact"."tenant_id" = 7 AND "crm_contact"."id" = 48113) LIMIT 21;
SELECT COUNT(*) AS "__count" FROM "crm_contact" WHERE ("crm_contact"."tenant_id" = 7 AND NOT "crm_contact"."archived");
SELECT "crm_contact"."id", "crm_contact"."first_name", "crm_contact"."last_name", "crm_company"."id", "crm_company"."name" FROM "crm_contact" LEFT OUTER JOIN "crm_company" ON ("crm_contact"."company_id" = "crm_company"."id") WHERE ("crm_contact"."tenant_id" = 7 AND (UPPER("crm_contact"."last_name"::text) LIKE UPPER('%meier%') OR UPPER("crm_company"."name"::text) LIKE UPPER('%meier%'))) ORDER BY "crm_contact"."last_name" ASC, "crm_contact"."id" ASC LIMIT 25 OFFSET 50;
SELECT 1 AS "a" FROM "crm_contact" WHERE ("crm_contact"."tenant_id" = 7 AND "crm_contact"."email" = 'j.berg@example.org') LIMIT 1;
SELECT "crm_deal"."stage_id", COUNT("crm_deal"."id") AS "deals", SUM("crm_deal"."amount") AS "value" FROM "crm_deal" WHERE ("crm_deal"."closed_on" IS NULL AND "crm_deal"."tenant_id" = 7) GROUP BY "crm_deal"."stage_id" ORDER BY "crm_deal"."stage_id" ASC;
SELECT "crm_deal"."id", "crm_deal"."title", "crm_deal"."amount", (SELECT U0."happened_at" FROM "crm_activity" U0 WHERE U0."deal_id" = ("crm_deal"."id") ORDER BY U0."happened_at" DESC LIMIT 1) AS "last_activity" FROM "crm_deal" WHERE "crm_deal"."owner_id" = 31 ORDER BY "last_activity" ASC NULLS FIRST;
SELECT "crm_company"."id", "crm_company"."name", COUNT("crm_deal"."id") FILTER (WHERE "crm_deal"."won") AS "won", COUNT("crm_deal"."id") FILTER (WHERE ("crm_deal"."closed_on" IS NOT NULL AND NOT "crm_deal"."won")) AS "lost" FROM "crm_company" LEFT OUTER JOIN "crm_deal" ON ("crm_company"."id" = "crm_deal"."company_id") WHERE "crm_company"."tenant_id" = 7 GROUP BY "crm_company"."id" HAVING COUNT("crm_deal"."id") > 0 ORDER BY "won" DESC;
SELECT "crm_deal"."id", "crm_deal"."title" FROM "crm_deal" WHERE (EXISTS(SELECT 1 AS "a" FROM "crm_task" U0 WHERE (NOT U0."done" AND U0."deal_id" = ("crm_deal"."id") AND U0."due" < '2024-05-14'::date) LIMIT 1) AND "crm_deal"."tenant_id" = 7);
SELECT DATE_TRUNC('month', "crm_deal"."closed_at" AT TIME ZONE 'Europe/Berlin') AS "month", SUM("crm_deal"."amount") AS "total" FROM "crm_deal" WHERE ("crm_deal"."tenant_id" = 7 AND "crm_deal"."won" AND "crm_deal"."closed_at" BETWEEN '2023-12-31T23:00:00+00:00'::timestamptz AND '2024-12-31T22:59:59.999999+00:00'::timestamptz) GROUP BY 1 ORDER BY 1 ASC;
SELECT DISTINCT "crm_tag"."id", "crm_tag"."label" FROM "crm_tag" INNER JOIN "crm_contact_tags" ON ("crm_tag"."id" = "crm_contact_tags"."tag_id") INNER JOIN "crm_contact" ON ("crm_contact_tags"."contact_id" = "crm_contact"."id") WHERE ("crm_contact"."company_id" = 502 AND NOT ("crm_tag"."label"::text LIKE 'internal-%')) ORDER BY "crm_tag"."label" ASC;
SELECT ("crm_contact_tags"."contact_id") AS "_prefetch_related_val_contact_id", "crm_tag"."id", "crm_tag"."label", "crm_tag"."color" FROM "crm_tag" INNER JOIN "crm_contact_tags" ON ("crm_tag"."id" = "crm_contact_tags"."tag_id") WHERE "crm_contact_tags"."contact_id" IN (48113, 48114, 48117, 48120, 48121);
SELECT "auth_user"."id", "auth_user"."password", "auth_user"."last_login", "auth_user"."is_superuser", "auth_user"."username", "auth_user"."first_name", "auth_user"."last_name", "auth_user"."email", "auth_user"."is_staff", "auth_user"."is_active", "auth_user"."date_joined" FROM "auth_user" WHERE "auth_user"."username" = 'petra' LIMIT 21;
SELECT "django_session"."session_key", "django_session"."session_data", "django_session"."expire_date" FROM "django_session" WHERE ("django_session"."expire_date" > '2024-05-14T07:12:44.120911+00:00'::timestamptz AND "django_session"."session_key" = '8m1v0c3oq2') LIMIT 21;
SELECT "crm_contact"."id" FROM "crm_contact" WHERE ("crm_contact"."tenant_id" = 7 AND ("crm_contact"."custom" -> 'industry') = '"retail"'::jsonb AND ("crm_contact"."custom" ->> 'employees')::integer >= 50);
SELECT "crm_contact"."id", "crm_contact"."first_name", "crm_contact"."phone" FROM "crm_contact" WHERE ("crm_contact"."languages" @> ARRAY['de','fr']::varchar(8)[] AND "crm_contact"."tenant_id" = 12);
SELECT "crm_deal"."id", "crm_deal"."amount", "crm_deal"."probability", (("crm_deal"."amount" * "crm_deal"."probability") / 100) AS "weighted", T4."username" FROM "crm_deal" INNER JOIN "crm_stage" ON ("crm_deal"."stage_id" = "crm_stage"."id") LEFT OUTER JOIN "auth_user" T4 ON ("crm_deal"."owner_id" = T4."id") WHERE ("crm_stage"."pipeline_id" = 3 AND "crm_deal"."amount" IS NOT NULL) ORDER BY 4 DESC;
SELECT "crm_deal"."id", "crm_deal"."stage_id", "crm_deal"."version" FROM "crm_deal" WHERE "crm_deal"."id" = 9021 LIMIT 21 FOR UPDATE;
SELECT "crm_job"."id", "crm_job"."payload" FROM "crm_job" WHERE ("crm_job"."run_at" <= '2024-05-14T07:15:00+00:00'::timestamptz AND "crm_job"."state" = 'queued') ORDER BY "crm_job"."priority" DESC, "crm_job"."id" ASC LIMIT 10 FOR UPDATE SKIP LOCKED;
SELECT "crm_campaign"."id", "crm_campaign"."name", CASE WHEN "crm_campaign"."sent" = 0 THEN NULL ELSE (("crm_campaign"."opened" * 100.0) / "crm_campaign"."sent") END AS "open_rate" FROM "crm_campaign" WHERE "crm_campaign"."tenant_id" = 7 ORDER BY "open_rate" DESC NULLS LAST LIMIT 5;
SELECT "crm_contact"."id", ROW_NUMBER() OVER (PARTITION BY "crm_contact"."company_id" ORDER BY "crm_contact"."created") AS "nth" FROM "crm_contact" WHERE "crm_contact"."company_id" IS NOT NULL;
SELECT COUNT(*) FROM (SELECT "crm_contact"."company_id" AS "col1" FROM "crm_contact" WHERE "crm_contact"."tenant_id" = 7 GROUP BY 1 HAVING COUNT("crm_contact"."id") >= 2) subquery;
SELECT "crm_note"."id", "crm_note"."text", "auth_user"."first_name" FROM "crm_note" INNER JOIN "auth_user" ON ("crm_note"."author_id" = "auth_user"."id") WHERE ("crm_note"."object_id" = 48113 AND "crm_note"."content_type_id" = 14) ORDER BY "crm_note"."created" DESC;
SELECT "django_content_type"."id", "django_content_type"."app_label", "django_content_type"."model" FROM "django_content_type" WHERE ("django_content_type"."app_label" = 'crm' AND "django_content_type"."model" = 'contact') LIMIT 21;
SELECT AVG((EXTRACT('epoch' FROM ("crm_deal"."closed_at" - "crm_deal"."created")) / 86400.0)) AS "days_to_close", MAX("crm_deal"."amount") AS "largest" FROM "crm_deal" WHERE ("crm_deal"."tenant_id" = 7 AND "crm_deal"."won");
SELECT "crm_contact"."email" AS "email" FROM "crm_contact" WHERE "crm_contact"."tenant_id" = 7 UNION SELECT "crm_lead"."email" AS "email" FROM "crm_lead" WHERE ("crm_lead"."tenant_id" = 7 AND "crm_lead"."converted_at" IS NULL) ORDER BY 1 ASC;
SELECT "crm_contact"."id", COALESCE("crm_contact"."nickname", CONCAT("crm_contact"."first_name", CONCAT(' ', "crm_contact"."last_name"))) AS "display" FROM "crm_contact" WHERE "crm_contact"."id" IN (SELECT U0."contact_id" FROM "crm_eventguest" U0 INNER JOIN "crm_event" U1 ON (U0."event_id" = U1."id") WHERE U1."slug" = 'spring-2024');
SELECT "crm_invoice"."id", "crm_invoice"."number", "crm_invoice"."due_on" FROM "crm_invoice" WHERE ("crm_invoice"."tenant_id" = 7 AND NOT ("crm_invoice"."id" IN (SELECT U0."invoice_id" FROM "crm_payment" U0 WHERE U0."invoice_id" IS NOT NULL)) AND "crm_invoice"."due_on" < '2024-05-14'::date);
SELECT "crm_contact"."id", ts_rank(to_tsvector(COALESCE("crm_contact"."first_name", '') || ' ' || COALESCE("crm_contact"."notes", '')), plainto_tsquery('solar roof')) AS "rank" FROM "crm_contact" WHERE to_tsvector(COALESCE("crm_contact"."first_name", '') || ' ' || COALESCE("crm_contact"."notes", '')) @@ (plainto_tsquery('solar roof')) ORDER BY "rank" DESC LIMIT 20;
SELECT "crm_membership"."role", "crm_tenant"."id", "crm_tenant"."slug", "crm_tenant"."plan" FROM "crm_membership" INNER JOIN "crm_tenant" ON ("crm_membership"."tenant_id" = "crm_tenant"."id") WHERE ("crm_membership"."user_id" = 31 AND "crm_tenant"."is_active" AND "crm_membership"."revoked_at" IS NULL);
SELECT "crm_call"."id", "crm_call"."started_at", "crm_call"."duration" FROM "crm_call" WHERE (("crm_call"."started_at" AT TIME ZONE 'UTC')::date = '2024-05-13'::date AND EXTRACT(HOUR FROM "crm_call"."started_at" AT TIME ZONE 'UTC') >= 17);
SELECT "django_migrations"."id", "django_migrations"."app", "django_migrations"."name", "django_migrations"."applied" FROM "django_migrations";
INSERT INTO "crm_contact" ("tenant_id", "company_id", "first_name", "last_name", "email", "phone", "custom", "created", "archived") VALUES (7, NULL, 'Jana', 'Berg', 'j.berg@example.org', '+49 30 5550 114', '{"industry": "retail", "employees": 80}', '2024-05-14T07:12:44.301877+00:00'::timestamptz, false) RETURNING "crm_contact"."id";
INSERT INTO "crm_contact_tags" ("contact_id", "tag_id") VALUES (48113, 2), (48113, 9), (48113, 14) ON CONFLICT DO NOTHING;
INSERT INTO "django_session" ("session_key", "session_data", "expire_date") VALUES ('8m1v0c3oq2', '.eJxVjDsOwjAQBe_iGllZ_6GkzxmsXe8aB1Ai5VMh7k4ipYB2Zt57q4TbWtO2yJwGVhdl1OmXEeanjLvgB473Sec-rvNAek_0YRfdTyyv69H-HVRc6r72ZAIFC1I', '2024-05-28T07:12:44.120911+00:00'::timestamptz);
INSERT INTO "crm_activity" ("tenant_id", "deal_id", "kind", "happened_at", "by_id", "payload") VALUES (7, 9021, 'call', '2024-05-13T15:40:00+00:00'::timestamptz, 31, '{"outcome": "callback"}'), (7, 9021, 'mail', '2024-05-13T16:02:11+00:00'::timestamptz, 31, '{}'), (7, 9034, 'visit', '2024-05-14T06:30:00+00:00'::timestamptz, 18, '{"place": "Halle 4"}') RETURNING "crm_activity"."id";
INSERT INTO "crm_counter" ("tenant_id", "name", "value") VALUES (7, 'invoice', 1) ON CONFLICT("tenant_id", "name") DO UPDATE SET "value" = EXCLUDED."value";
INSERT INTO "django_admin_log" ("action_time", "user_id", "content_type_id", "object_id", "object_repr", "action_flag", "change_message") VALUES ('2024-05-14T07:20:01+00:00'::timestamptz, 1, 14, '48113', 'Jana Berg', 2, '[{"changed": {"fields": ["Phone"]}}]') RETURNING "django_admin_log"."id";
UPDATE "crm_contact" SET "tenant_id" = 7, "company_id" = 502, "first_name" = 'Jana', "last_name" = 'Berg-Ohm', "email" = 'j.berg@example.org', "phone" = NULL, "custom" = '{"industry": "retail"}', "archived" = false WHERE "crm_contact"."id" = 48113;
UPDATE "crm_deal" SET "stage_id" = 5, "probability" = CASE WHEN ("crm_deal"."probability" < 60) THEN 60 ELSE "crm_deal"."probability" END WHERE ("crm_deal"."tenant_id" = 7 AND "crm_deal"."id" IN (9021, 9034, 9050));
UPDATE "crm_campaign" SET "opened" = ("crm_campaign"."opened" + 1) WHERE "crm_campaign"."id" = 66;
UPDATE "auth_user" SET "last_login" = '2024-05-14T07:12:44.118032+00:00'::timestamptz WHERE "auth_user"."id" = 31;
UPDATE "crm_task" SET "assignee_id" = NULL WHERE "crm_task"."id" IN (SELECT U0."id" FROM "crm_task" U0 INNER JOIN "auth_user" U1 ON (U0."assignee_id" = U1."id") WHERE NOT U1."is_active");
DELETE FROM "crm_note" WHERE "crm_note"."id" IN (771, 772, 790);
DELETE FROM "django_session" WHERE "django_session"."expire_date" < '2024-05-14T00:00:00+00:00'::timestamptz;
DELETE FROM "crm_contact_tags" WHERE ("crm_contact_tags"."contact_id" = 48113 AND "crm_contact_tags"."tag_id" IN (9));
CREATE TABLE "crm_deal" ("id" bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "title" varchar(200) NOT NULL, "amount" numeric(14, 2) NULL, "probability" smallint NOT NULL CHECK ("probability" >= 0), "won" boolean NOT NULL, "created" timestamp with time zone NOT NULL, "closed_on" date NULL, "company_id" bigint NULL, "owner_id" integer NULL, "stage_id" bigint NOT NULL, "tenant_id" bigint NOT NULL);
CREATE INDEX "crm_company_name_1c4a_like" ON "crm_company" ("name" varchar_pattern_ops);
ALTER TABLE "crm_deal" ADD CONSTRAINT "crm_deal_company_id_5c0e_fk_crm_company_id" FOREIGN KEY ("company_id") REFERENCES "crm_company" ("id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "crm_contact" ALTER COLUMN "phone" TYPE varchar(40) USING "phone"::varchar(40);
SAVEPOINT "s139841_x1";
RELEASE SAVEPOINT "s139841_x1";

-- A CRM of many tenants, as people write it.
SELECT t.slug, count(c.id) AS contacts, pg_size_pretty(sum(pg_column_size(c.custom))) AS custom_size
FROM tenants t LEFT JOIN contacts c ON c.tenant_id = t.id
WHERE t.plan = 'enterprise'
GROUP BY t.slug
ORDER BY contacts DESC;
WITH stage_times AS (
  SELECT deal_id, stage, entered_at,
         lead(entered_at, 1, now()) OVER (PARTITION BY deal_id ORDER BY entered_at) - entered_at AS stayed
  FROM deal_stage_log
  WHERE tenant_id = $1
)
SELECT stage, count(*) AS deals,
       justify_hours(avg(stayed)) AS average,
       percentile_disc(0.9) WITHIN GROUP (ORDER BY stayed) AS p90
FROM stage_times
GROUP BY stage
ORDER BY min(entered_at);
SELECT c.id, c.first_name, c.last_name, c.email
FROM contacts c
WHERE c.tenant_id = $1
  AND ($2::text IS NULL OR c.last_name ILIKE $2 || '%')
  AND ($3::bigint IS NULL OR c.company_id = $3)
  AND (cardinality($4::text[]) = 0 OR c.tags && $4::text[])
ORDER BY c.last_name, c.first_name, c.id
LIMIT $5;
SELECT lower(email) AS email, array_agg(id ORDER BY created_at) AS ids, count(*)
FROM contacts
WHERE tenant_id = 7 AND email <> ''
GROUP BY lower(email)
HAVING count(*) > 1;
SELECT u.name,
       count(*) FILTER (WHERE a.kind = 'call') AS calls,
       count(*) FILTER (WHERE a.kind = 'mail') AS mails,
       count(*) FILTER (WHERE a.kind = 'meeting') AS meetings,
       sum(d.amount) FILTER (WHERE d.won AND d.closed_at >= date_trunc('quarter', now())) AS won_this_quarter
FROM users u
LEFT JOIN activities a ON a.user_id = u.id AND a.happened_at >= date_trunc('week', now())
LEFT JOIN deals d ON d.owner_id = u.id
WHERE u.tenant_id = 7 AND u.active
GROUP BY u.id, u.name
ORDER BY won_this_quarter DESC NULLS LAST, u.name;
SELECT json_build_object(
         'id', c.id,
         'name', c.name,
         'contacts', (SELECT coalesce(json_agg(json_build_object('id', p.id, 'name', p.first_name || ' ' || p.last_name) ORDER BY p.last_name), '[]'::json)
                      FROM contacts p WHERE p.company_id = c.id),
         'open', (SELECT coalesce(sum(amount), 0) FROM deals d WHERE d.company_id = c.id AND d.closed_at IS NULL)
       ) AS company
FROM companies c
WHERE c.tenant_id = $1 AND c.id = $2;
WITH RECURSIVE chain AS (
  SELECT id, manager_id, name, ARRAY[id] AS seen FROM users WHERE id = 31
  UNION ALL
  SELECT u.id, u.manager_id, u.name, c.seen || u.id
  FROM users u JOIN chain c ON u.id = c.manager_id
  WHERE u.id <> ALL (c.seen)
)
SELECT name, array_length(seen, 1) - 1 AS levels_up FROM chain;
SELECT company_id FROM deals WHERE tenant_id = 7 AND won
INTERSECT
SELECT company_id FROM deals WHERE tenant_id = 7 AND closed_at IS NULL;
SELECT d.id, d.title, extract(day FROM now() - max(a.happened_at))::int AS idle_days
FROM deals d JOIN activities a ON a.deal_id = d.id
WHERE d.closed_at IS NULL
GROUP BY d.id
HAVING max(a.happened_at) < now() - interval '3 weeks'
ORDER BY idle_days DESC;
SELECT key, count(*) AS used, count(DISTINCT value) AS different
FROM contacts, jsonb_each_text(custom)
WHERE tenant_id = 7
GROUP BY key
ORDER BY used DESC;
SELECT coalesce(nullif(trim(c.nickname), ''), c.first_name) AS salutation, c.email
FROM contacts c JOIN campaign_members m ON m.contact_id = c.id
WHERE m.campaign_id = 66 AND m.sent_at IS NULL AND NOT c.do_not_mail
ORDER BY m.id
LIMIT 500
FOR UPDATE OF m SKIP LOCKED;
SELECT s.name AS stage, s.position, coalesce(x.deals, 0) AS deals, coalesce(x.value, 0)::numeric(14,2) AS value
FROM stages s
LEFT JOIN (SELECT stage_id, count(*) AS deals, sum(amount * probability / 100.0) AS value FROM deals WHERE closed_at IS NULL GROUP BY stage_id) x ON x.stage_id = s.id
WHERE s.pipeline_id = 3
ORDER BY s.position;
SELECT split_part(email, '@', 2) AS domain, count(*) FROM contacts WHERE email LIKE '%@%' GROUP BY 1 ORDER BY 2 DESC LIMIT 30;
SELECT id, first_name FROM contacts WHERE to_char(birthday, 'MM-DD') = to_char(current_date, 'MM-DD') AND tenant_id = 7;
SELECT CASE
         WHEN employees < 10 THEN 'micro'
         WHEN employees < 50 THEN 'small'
         WHEN employees < 250 THEN 'medium'
         WHEN employees IS NULL THEN 'unknown'
         ELSE 'large'
       END AS size,
       count(*)
FROM companies
WHERE tenant_id = 7
GROUP BY 1;
SELECT p.contact_id, p.consent, p.given_at
FROM (
  SELECT contact_id, consent, given_at, row_number() OVER (PARTITION BY contact_id, purpose ORDER BY given_at DESC) AS rn
  FROM privacy_log
  WHERE purpose = 'newsletter'
) p
WHERE p.rn = 1 AND p.consent;
SELECT current_setting('app.tenant_id', true)::bigint AS tenant_id, current_user, now();
SELECT w.url, w.secret FROM webhooks w WHERE w.tenant_id = $1 AND w.events @> ARRAY[$2::text] AND w.disabled_at IS NULL;
SELECT r.rep, r.region, r.amount, round(r.amount / sum(r.amount) OVER (PARTITION BY r.region) * 100, 1) AS share, dense_rank() OVER (PARTITION BY r.region ORDER BY r.amount DESC) AS place
FROM rep_results r
WHERE r.quarter = '2024-Q1'
ORDER BY r.region, place;
SELECT e.*, similarity(e.name, 'Hanseatic Trading') AS score
FROM companies e
WHERE e.tenant_id = 7 AND e.name % 'Hanseatic Trading'
ORDER BY score DESC
LIMIT 5;
SELECT l.source, count(*) AS leads, count(l.converted_at) AS converted, round(100.0 * count(l.converted_at) / count(*), 1) || ' %' AS rate
FROM leads l
WHERE l.created_at >= '2024-01-01' AND l.created_at < '2024-04-01'
GROUP BY l.source
HAVING count(*) >= 20
ORDER BY 4 DESC;
SELECT m.id, m.subject, m.sent_at, count(o.*) AS opens
FROM mails m LEFT OUTER JOIN mail_opens o ON (o.mail_id = m.id AND NOT o.bot)
WHERE m.contact_id = 48113
GROUP BY m.id, m.subject, m.sent_at
ORDER BY m.sent_at DESC NULLS LAST;
SELECT id, name, regexp_replace(phone, '[^0-9+]', '', 'g') AS phone FROM companies WHERE phone ~ '^\+49' AND tenant_id = 12;
SELECT f.name, f.kind, v.value FROM custom_fields f LEFT JOIN custom_values v ON v.field_id = f.id AND v.entity_id = $2 WHERE f.tenant_id = $1 AND f.entity = 'contact' ORDER BY f.position;
SELECT c.id, t.happened_at, t.kind
FROM contacts c
LEFT JOIN LATERAL (SELECT a.happened_at, a.kind FROM activities a WHERE a.contact_id = c.id ORDER BY a.happened_at DESC FETCH FIRST 3 ROWS ONLY) t ON true
WHERE c.company_id = 502;
SELECT exists(SELECT 1 FROM memberships WHERE user_id = $1 AND tenant_id = $2 AND role IN ('owner', 'admin')) AS allowed;
SELECT tenant_id, max(seats) AS seats, count(*) FILTER (WHERE last_seen > now() - interval '30 days') AS active FROM subscriptions JOIN members USING (tenant_id) GROUP BY tenant_id HAVING max(seats) < count(*) FILTER (WHERE last_seen > now() - interval '30 days');
SELECT d.id, d.title, d.amount, avg(d.amount) OVER (PARTITION BY d.industry) AS usual
FROM deals d
WHERE d.amount > 3 * (SELECT avg(i.amount) FROM deals i WHERE i.industry = d.industry AND i.id <> d.id);
SELECT g.month::date, coalesce(sum(s.mrr), 0) AS mrr
FROM generate_series('2023-01-01'::timestamptz, '2023-12-01'::timestamptz, '1 month') g(month)
LEFT JOIN subscriptions s ON s.started_on <= g.month AND (s.ended_on IS NULL OR s.ended_on > g.month)
GROUP BY g.month
ORDER BY g.month;
select tenant_id, id, name from companies where (tenant_id, id) in ((7, 502), (7, 503), (12, 77));
SELECT greatest(c.updated_at, max(n.created_at), max(a.happened_at)) AS touched FROM contacts c LEFT JOIN notes n ON n.contact_id = c.id LEFT JOIN activities a ON a.contact_id = c.id WHERE c.id = $1 GROUP BY c.id;
INSERT INTO contacts (tenant_id, external_id, first_name, last_name, email, custom)
SELECT 7, r->>'id', r->>'given', r->>'family', lower(r->>'mail'), r - 'id' - 'given' - 'family' - 'mail'
FROM jsonb_array_elements($1::jsonb) AS r
ON CONFLICT (tenant_id, external_id) DO UPDATE
SET first_name = excluded.first_name, last_name = excluded.last_name, email = excluded.email,
    custom = contacts.custom || excluded.custom, updated_at = now()
WHERE (contacts.first_name, contacts.last_name, contacts.email) IS DISTINCT FROM (excluded.first_name, excluded.last_name, excluded.email)
RETURNING id, (xmax = 0) AS inserted;
INSERT INTO tenants (slug, name, plan, settings) VALUES ('nordlicht', 'Nordlicht GmbH', 'trial', '{"locale": "de-DE", "currency": "EUR"}') RETURNING id;
INSERT INTO audit_log (tenant_id, actor_id, action, entity, entity_id, before, after, at)
VALUES (current_setting('app.tenant_id')::bigint, $1, 'update', 'deal', $2, $3::jsonb, $4::jsonb, clock_timestamp());
INSERT INTO stages (pipeline_id, name, position, probability)
VALUES (3, 'New', 1, 5), (3, 'Qualified', 2, 20), (3, 'Offer', 3, 50), (3, 'Negotiation', 4, 75), (3, 'Won', 5, 100), (3, 'Lost', 6, 0);
INSERT INTO campaign_members (campaign_id, contact_id)
SELECT 66, c.id FROM contacts c
WHERE c.tenant_id = 7 AND c.tags @> '{customer}' AND NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.email = lower(c.email))
ON CONFLICT ON CONSTRAINT campaign_members_once DO NOTHING;
INSERT INTO memberships AS m (user_id, tenant_id, role) VALUES ($1, $2, $3) ON CONFLICT (user_id, tenant_id) DO UPDATE SET role = excluded.role WHERE m.role <> 'owner';
UPDATE deals SET owner_id = $2, updated_at = now() WHERE owner_id = $1 AND closed_at IS NULL AND tenant_id = $3 RETURNING id, title;
UPDATE contacts SET custom = jsonb_set(custom, '{billing,iban}', to_jsonb($2::text), true) WHERE id = $1;
UPDATE companies c
SET last_contacted_at = a.last
FROM (SELECT company_id, max(happened_at) AS last FROM activities JOIN contacts ON contacts.id = activities.contact_id GROUP BY company_id) a
WHERE a.company_id = c.id AND c.last_contacted_at IS DISTINCT FROM a.last;
UPDATE contacts SET tags = array_remove(array_append(tags, 'vip'), 'prospect') WHERE company_id = 502 AND NOT tags @> '{vip}';
UPDATE leads SET converted_at = now(), contact_id = $2 WHERE id = $1 AND converted_at IS NULL;
DELETE FROM contacts a USING contacts b WHERE a.tenant_id = b.tenant_id AND lower(a.email) = lower(b.email) AND a.id > b.id AND a.tenant_id = 7;
WITH gone AS (
  DELETE FROM activities WHERE tenant_id = $1 AND happened_at < now() - interval '5 years' RETURNING *
)
INSERT INTO activities_archive SELECT * FROM gone;
DELETE FROM webhooks WHERE tenant_id = $1 AND failures > 100;
CREATE TABLE contacts (
  tenant_id   bigint NOT NULL,
  id          bigint GENERATED ALWAYS AS IDENTITY,
  external_id text,
  company_id  bigint,
  first_name  text NOT NULL DEFAULT '',
  last_name   text NOT NULL,
  email       text,
  tags        text[] NOT NULL DEFAULT '{}',
  custom      jsonb NOT NULL DEFAULT '{}'::jsonb,
  birthday    date,
  updated_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, external_id),
  FOREIGN KEY (tenant_id, company_id) REFERENCES companies (tenant_id, id) ON UPDATE CASCADE ON DELETE RESTRICT
);
CREATE UNIQUE INDEX contacts_one_mail ON contacts (tenant_id, lower(email)) WHERE email IS NOT NULL;
CREATE INDEX contacts_custom ON contacts USING gin (custom jsonb_path_ops);
ALTER TABLE deals ADD CONSTRAINT deals_closed_means_decided CHECK ((closed_at IS NULL) = (won IS NULL));
SET app.tenant_id = '7';
ROLLBACK;

-- A ledger, as Hibernate sends it.
select a1_0.id,a1_0.code,a1_0.currency,a1_0.kind,a1_0.name,a1_0.parent_id,a1_0.version from account a1_0 where a1_0.id=$1;
select j1_0.id,j1_0.booked_on,j1_0.description,j1_0.period_id,j1_0.reference,j1_0.status,j1_0.version,l1_0.journal_id,l1_0.line_no,l1_0.account_id,l1_0.amount,l1_0.side,l1_0.text from journal_entry j1_0 left join journal_line l1_0 on j1_0.id=l1_0.journal_id where j1_0.id=$1;
select l1_0.id,l1_0.amount,l1_0.side,a1_0.id,a1_0.code,a1_0.name from journal_line l1_0 join account a1_0 on a1_0.id=l1_0.account_id where l1_0.journal_id=$1 order by l1_0.line_no;
select count(j1_0.id) from journal_entry j1_0 where j1_0.period_id=$1 and j1_0.status=$2;
select j1_0.id,j1_0.booked_on,j1_0.description,j1_0.reference,j1_0.status from journal_entry j1_0 where j1_0.booked_on between $1 and $2 order by j1_0.booked_on desc,j1_0.id desc offset $3 rows fetch first $4 rows only;
select sum(case when l1_0.side='D' then l1_0.amount else -l1_0.amount end) from journal_line l1_0 join journal_entry j1_0 on j1_0.id=l1_0.journal_id where l1_0.account_id=$1 and j1_0.status='POSTED' and j1_0.booked_on<=$2;
select a1_0.code,a1_0.name,coalesce(sum(case when l1_0.side='D' then l1_0.amount end),0),coalesce(sum(case when l1_0.side='C' then l1_0.amount end),0) from account a1_0 left join journal_line l1_0 on l1_0.account_id=a1_0.id where a1_0.chart_id=$1 group by a1_0.code,a1_0.name order by a1_0.code;
select p1_0.id,p1_0.closed_at,p1_0.ends_on,p1_0.fiscal_year,p1_0.starts_on from period p1_0 where p1_0.starts_on<=$1 and p1_0.ends_on>=$1 and p1_0.closed_at is null;
select distinct a1_0.currency from account a1_0 where a1_0.chart_id=$1;
select i1_0.id,i1_0.customer_id,i1_0.due_on,i1_0.gross,i1_0.number,i1_0.open_amount from invoice i1_0 where i1_0.open_amount>0 and i1_0.due_on<$1 and i1_0.customer_id in ($2,$3,$4,$5);
select i1_0.id,i1_0.number,c1_0.id,c1_0.name,c1_0.vat_id from invoice i1_0 join customer c1_0 on c1_0.id=i1_0.customer_id where lower(i1_0.number) like lower($1) escape '' fetch first $2 rows only;
select a1_0.id,a1_0.balance,a1_0.version from ledger_account a1_0 where a1_0.id=$1 for no key update;
select nextval('journal_entry_seq');
select next_val as id_val from hibernate_sequences where sequence_name='default' for update;
select b1_0.id,b1_0.account_id,b1_0.amount,b1_0.as_of from balance_snapshot b1_0 where b1_0.as_of=(select max(b2_0.as_of) from balance_snapshot b2_0 where b2_0.account_id=b1_0.account_id and b2_0.as_of<=$1) and b1_0.account_id=$2;
select t1_0.id,t1_0.rate,t1_0.valid_from from tax_rate t1_0 where t1_0.code=$1 and t1_0.valid_from<=$2 order by t1_0.valid_from desc fetch first 1 rows only;
select p1_0.id,p1_0.dtype,p1_0.amount,p1_0.received_on,p1_0.card_token,p1_0.iban,p1_0.mandate_id from payment p1_0 where p1_0.dtype in ('CARD','SEPA') and p1_0.invoice_id=$1;
select d1_0.id,d1_0.name,case when c1_0.id is not null then 1 when b1_0.id is not null then 2 when d1_0.id is not null then 0 end,c1_0.limit_amount,b1_0.bic from debtor d1_0 left join credit_debtor c1_0 on d1_0.id=c1_0.id left join bank_debtor b1_0 on d1_0.id=b1_0.id where d1_0.id=$1;
select j1_0.id from journal_entry j1_0 where exists(select 1 from attachment a1_0 where a1_0.journal_id=j1_0.id and a1_0.mime_type=$1) and j1_0.reference is not null;
select j1_0.id,j1_0.reference from journal_entry j1_0 where (select count(l1_0.id) from journal_line l1_0 where l1_0.journal_id=j1_0.id)<2;
select u1_0.id,u1_0.enabled,u1_0.login,r1_0.user_id,r2_0.id,r2_0.name from app_user u1_0 left join user_role r1_0 on u1_0.id=r1_0.user_id left join role r2_0 on r2_0.id=r1_0.role_id where u1_0.login=$1 and u1_0.enabled=true;
select c1_0.id,c1_0.name,c1_0.parent_id from cost_center c1_0 where c1_0.parent_id is null and c1_0.tenant=$1 order by c1_0.name;
select extract(year from j1_0.booked_on),extract(month from j1_0.booked_on),sum(l1_0.amount) from journal_entry j1_0 join journal_line l1_0 on j1_0.id=l1_0.journal_id where l1_0.account_id=$1 group by extract(year from j1_0.booked_on),extract(month from j1_0.booked_on) order by 1,2;
select e1_0.rev,e1_0.revtype,e1_0.id,e1_0.description,e1_0.status from journal_entry_aud e1_0 where e1_0.id=$1 and e1_0.rev<=$2 and e1_0.revtype<>2 order by e1_0.rev asc;
select f1_0.base,f1_0.quote,f1_0.rate from fx_rate f1_0 where (f1_0.base,f1_0.quote) in (($1,$2),($3,$4),($5,$6)) and f1_0.day=$7;
select s1_0.id,s1_0.filename,s1_0.imported_at from bank_statement s1_0 where s1_0.account_id=$1 and cast(s1_0.imported_at as date)=$2;
select new_dto.col_0,new_dto.col_1 from (select c1_0.name col_0,sum(i1_0.open_amount) col_1,c1_0.id col_2 from customer c1_0 join invoice i1_0 on i1_0.customer_id=c1_0.id group by c1_0.id,c1_0.name) new_dto where new_dto.col_1>=$1 order by new_dto.col_1 desc;
select count(distinct l1_0.account_id) from journal_line l1_0 where l1_0.journal_id in (select j1_0.id from journal_entry j1_0 where j1_0.created_by=$1);
select coalesce(max(i1_0.sequence_no),0)+1 from invoice i1_0 where i1_0.series=$1 and i1_0.fiscal_year=$2;
select m1_0.id,m1_0.amount,m1_0.purpose,m1_0.value_date from bank_movement m1_0 left join reconciliation r1_0 on r1_0.movement_id=m1_0.id where r1_0.id is null and abs(m1_0.amount-$1)<0.005 and m1_0.value_date>=$2;
select a1_0.id,a1_0.code from account a1_0 where a1_0.code like $1 escape '!' and a1_0.active order by length(a1_0.code),a1_0.code;
insert into account (chart_id,code,currency,kind,name,parent_id,version,id) values ($1,$2,$3,$4,$5,$6,$7,$8);
insert into journal_entry (booked_on,created_by,description,period_id,reference,status,version,id) values ($1,$2,$3,$4,$5,$6,0,$7);
insert into journal_line (account_id,amount,journal_id,line_no,side,text) values ($1,$2,$3,$4,$5,$6) returning id;
insert into journal_line (account_id,amount,journal_id,line_no,side,text) values ($1,$2,$3,$4,$5,$6),($7,$8,$9,$10,$11,$12),($13,$14,$15,$16,$17,$18),($19,$20,$21,$22,$23,$24) returning id;
insert into user_role (user_id,role_id) values ($1,$2);
insert into journal_entry_aud (revtype,booked_on,description,status,rev,id) values ($1,$2,$3,$4,$5,$6);
insert into customer (city,created_at,name,vat_id,id) select $1,localtimestamp,$2,$3,nextval('customer_seq') where not exists(select 1 from customer c1_0 where c1_0.vat_id=$3);
update journal_entry set booked_on=$1,description=$2,period_id=$3,reference=$4,status=$5,version=$6 where id=$7 and version=$8;
update ledger_account set balance=balance+$1,version=version+1 where id=$2 and balance+$1>=0;
update invoice i1_0 set open_amount=i1_0.gross-coalesce((select sum(p1_0.amount) from payment p1_0 where p1_0.invoice_id=i1_0.id),0) where i1_0.id=$1;
update period set closed_at=localtimestamp,closed_by=$1 where id=$2 and closed_at is null;
update hibernate_sequences set next_val=$1 where next_val=$2 and sequence_name=$3;
delete from user_role where user_id=$1;
delete from journal_line where id=$1 and version=$2;
delete from attachment a1_0 where a1_0.journal_id in (select j1_0.id from journal_entry j1_0 where j1_0.status='DRAFT' and j1_0.booked_on<$1);
create table account (id bigint not null, version integer not null, code varchar(20) not null, name varchar(255) not null, currency varchar(3) not null, kind varchar(255) not null check (kind in ('ASSET','LIABILITY','EQUITY','INCOME','EXPENSE')), chart_id bigint not null, parent_id bigint, active boolean not null, primary key (id));
alter table if exists account add constraint UK_8s1kxq9v0cv unique (chart_id, code);
alter table if exists journal_line add constraint FKqf2m4d5w1x foreign key (journal_id) references journal_entry on delete cascade;
create sequence journal_entry_seq start with 1 increment by 50;
SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE;

-- A ledger, as people write it.
SELECT a.code, a.name,
       sum(l.amount) FILTER (WHERE l.side = 'D') AS debit,
       sum(l.amount) FILTER (WHERE l.side = 'C') AS credit,
       sum(CASE l.side WHEN 'D' THEN l.amount ELSE -l.amount END) AS balance
FROM lines l
JOIN entries e ON e.id = l.entry_id AND e.posted
JOIN accounts a ON a.id = l.account_id
WHERE e.booked_on <= date '2024-03-31'
GROUP BY a.id, a.code, a.name
HAVING sum(CASE l.side WHEN 'D' THEN l.amount ELSE -l.amount END) <> 0
ORDER BY a.code;
SELECT entry_id, sum(amount) AS off_by
FROM postings
GROUP BY entry_id
HAVING sum(amount) <> 0;
WITH RECURSIVE chart AS (
  SELECT id, code, name, parent_id, 0 AS level, ARRAY[code] AS sort FROM accounts WHERE parent_id IS NULL
  UNION ALL
  SELECT a.id, a.code, a.name, a.parent_id, c.level + 1, c.sort || a.code
  FROM accounts a JOIN chart c ON a.parent_id = c.id
), own AS (
  SELECT account_id, sum(amount) AS amount FROM postings WHERE booked_on BETWEEN $1 AND $2 GROUP BY account_id
)
SELECT repeat('  ', c.level) || c.code AS code, c.name, coalesce(sum(o.amount), 0) AS total
FROM chart c
LEFT JOIN chart d ON d.sort[1:c.level + 1] = c.sort
LEFT JOIN own o ON o.account_id = d.id
GROUP BY c.level, c.code, c.name, c.sort
ORDER BY c.sort;
SELECT booked_on, text, amount, sum(amount) OVER (PARTITION BY account_id ORDER BY booked_on, id) AS balance
FROM postings
WHERE account_id = 1200
ORDER BY booked_on, id;
SELECT customer,
       sum(open) FILTER (WHERE days <= 0) AS not_due,
       sum(open) FILTER (WHERE days BETWEEN 1 AND 30) AS d30,
       sum(open) FILTER (WHERE days BETWEEN 31 AND 60) AS d60,
       sum(open) FILTER (WHERE days BETWEEN 61 AND 90) AS d90,
       sum(open) FILTER (WHERE days > 90) AS older
FROM (
  SELECT c.name AS customer, i.gross - coalesce(p.paid, 0) AS open, current_date - i.due_on AS days
  FROM invoices i
  JOIN customers c ON c.id = i.customer_id
  LEFT JOIN (SELECT invoice_id, sum(amount) AS paid FROM payments GROUP BY invoice_id) p ON p.invoice_id = i.id
) aged
WHERE open > 0
GROUP BY customer
ORDER BY sum(open) DESC;
SELECT m.id, m.amount, m.purpose, i.number
FROM bank_movements m
JOIN invoices i ON m.purpose ILIKE '%' || i.number || '%' AND m.amount = i.gross
WHERE m.matched_invoice_id IS NULL
ORDER BY m.value_date;
SELECT date_part('year', booked_on)::int AS year, vat_code, sum(net) AS net, sum(vat) AS vat
FROM vat_lines
WHERE booked_on >= '2023-01-01'
GROUP BY GROUPING SETS ((1, 2), (1), ())
ORDER BY 1 NULLS LAST, 2 NULLS LAST;
SELECT number + 1 AS missing_from, next - 1 AS missing_to
FROM (SELECT number, lead(number) OVER (ORDER BY number) AS next FROM invoice_numbers WHERE series = 'R24') n
WHERE next > number + 1;
SELECT f.currency, sum(p.amount) AS local, sum(round(p.amount * f.rate, 2)) AS eur
FROM postings p
JOIN LATERAL (SELECT rate, currency FROM fx_rates r WHERE r.currency = p.currency AND r.day <= p.booked_on ORDER BY r.day DESC LIMIT 1) f ON true
WHERE p.currency <> 'EUR'
GROUP BY f.currency;
SELECT b.account, b.month, b.amount AS budget, coalesce(a.amount, 0) AS actual, coalesce(a.amount, 0) - b.amount AS variance, round((coalesce(a.amount, 0) / nullif(b.amount, 0) - 1) * 100, 1) AS percent
FROM budget b
LEFT JOIN (SELECT account, date_trunc('month', booked_on)::date AS month, sum(amount) AS amount FROM postings GROUP BY 1, 2) a USING (account, month)
WHERE b.month >= '2024-01-01'
ORDER BY abs(coalesce(a.amount, 0) - b.amount) DESC
LIMIT 20;
SELECT balance FROM account_balances WHERE account_id = $1 FOR UPDATE;
SELECT id FROM transfers WHERE idempotency_key = $1;
SELECT e.id, e.text, array_agg(l.account_id || ':' || l.side || ':' || l.amount ORDER BY l.id) AS lines FROM entries e JOIN lines l ON l.entry_id = e.id WHERE e.id = 88120 GROUP BY e.id;
SELECT asset, bought_on, cost, n AS year, round(cost / life, 2) AS depreciation, greatest(cost - n * round(cost / life, 2), 0) AS book_value
FROM assets, generate_series(1, life) AS n
WHERE asset = 'Van 3'
ORDER BY n;
SELECT user_name, count(*) AS entries, min(created_at) AS first, max(created_at) AS last
FROM entries
WHERE created_at::time NOT BETWEEN '06:00' AND '20:00' OR extract(isodow FROM created_at) IN (6, 7)
GROUP BY user_name;
SELECT left(amount::text, 1) AS digit, count(*), round(count(*) * 100.0 / sum(count(*)) OVER (), 2) AS percent
FROM invoices
WHERE amount >= 1
GROUP BY 1
ORDER BY 1;
SELECT a.id, a.amount, a.supplier_id, b.id AS maybe_duplicate
FROM supplier_invoices a, supplier_invoices b
WHERE a.supplier_id = b.supplier_id AND a.amount = b.amount AND a.id < b.id AND b.invoice_date - a.invoice_date BETWEEN 0 AND 5;
SELECT period, opening, movement, opening + movement AS closing
FROM (
  SELECT period, coalesce(sum(movement) OVER (ORDER BY period ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS opening, movement
  FROM (SELECT to_char(booked_on, 'YYYY-MM') AS period, sum(amount) AS movement FROM postings WHERE account_id = $1 GROUP BY 1) m
) s
ORDER BY period;
SELECT (1 + 0.035 / 12) ^ 12 - 1 AS effective_rate, 10000 * (1 + 0.035 / 12) ^ (12 * 5) AS after_five_years;
SELECT md5(string_agg(id || '|' || account_id || '|' || amount, E'\n' ORDER BY id)) AS checksum FROM postings WHERE booked_on BETWEEN '2024-01-01' AND '2024-01-31';
SELECT cost_center, mode() WITHIN GROUP (ORDER BY account_id) AS usual_account, stddev_samp(amount)::numeric(12,2) AS spread, corr(amount, quantity) FROM postings GROUP BY cost_center;
SELECT i.number, i.gross, d.level, d.sent_on FROM invoices i JOIN dunning d ON d.invoice_id = i.id AND d.level = (SELECT max(level) FROM dunning WHERE invoice_id = i.id) WHERE i.paid_at IS NULL ORDER BY d.level DESC, d.sent_on;
TABLE vat_codes;
SELECT * FROM trial_balance($1, $2) AS t(code text, name text, debit numeric, credit numeric) WHERE debit <> credit;
SELECT CASE WHEN sum(amount) = 0 THEN 'balanced' ELSE 'off by ' || sum(amount)::text END AS state FROM postings WHERE booked_on < date_trunc('year', now());
SELECT coalesce(g.account, s.account) AS account, g.balance AS ledger, s.balance AS subledger
FROM general_ledger g FULL JOIN subledger s ON (g.account = s.account AND g.period = s.period)
WHERE coalesce(g.period, s.period) = '2024-03' AND g.balance IS DISTINCT FROM s.balance;
SELECT id, amount FROM payments WHERE invoice_id IS NULL AND received_at > now() - '90 days'::interval ORDER BY received_at FETCH NEXT 100 ROWS ONLY;
WITH due AS (
  SELECT id, customer_id, gross, due_on, sum(gross) OVER (PARTITION BY customer_id ORDER BY due_on, id) AS upto FROM invoices WHERE paid_at IS NULL
), credit AS (
  SELECT customer_id, sum(amount) AS amount FROM unapplied_payments GROUP BY customer_id
)
SELECT d.id, least(d.gross, greatest(c.amount - (d.upto - d.gross), 0)) AS apply
FROM due d JOIN credit c USING (customer_id)
WHERE c.amount > d.upto - d.gross
ORDER BY d.customer_id, d.due_on;
SELECT supplier, array_to_string(array_agg(DISTINCT iban), ', ') AS ibans FROM supplier_accounts GROUP BY supplier HAVING count(DISTINCT iban) > 1;
SELECT regr_slope(amount, extract(epoch FROM booked_on)) AS trend, regr_r2(amount, extract(epoch FROM booked_on)) AS fit FROM postings WHERE account_id = 4400;
SELECT 'open' AS state, count(*), sum(gross) FROM invoices WHERE paid_at IS NULL UNION ALL SELECT 'paid', count(*), sum(gross) FROM invoices WHERE paid_at IS NOT NULL;
WITH entry AS (
  INSERT INTO entries (booked_on, text, reference) VALUES (current_date, 'Transfer', $1) RETURNING id
), legs AS (
  INSERT INTO postings (entry_id, account_id, amount, booked_on)
  SELECT entry.id, leg.account_id, leg.amount, current_date
  FROM entry, (VALUES ($2::bigint, -$4::numeric), ($3::bigint, $4::numeric)) AS leg (account_id, amount)
  RETURNING account_id, amount
)
UPDATE account_balances b SET balance = b.balance + legs.amount, updated_at = now()
FROM legs
WHERE b.account_id = legs.account_id
RETURNING b.account_id, b.balance;
INSERT INTO vat_codes (code, rate, text, valid_from) VALUES
('V19', 19.00, 'Standard rate', '2007-01-01'),
('V16', 16.00, 'Standard rate, second half of 2020', '2020-07-01'),
('V07', 7.00, 'Reduced rate', '1983-07-01'),
('V05', 5.00, 'Reduced rate, second half of 2020', '2020-07-01'),
('V00', 0, 'No tax', DEFAULT);
INSERT INTO fx_rates (day, currency, rate) VALUES ($1, $2, $3) ON CONFLICT (day, currency) DO UPDATE SET rate = EXCLUDED.rate;
INSERT INTO period_closings (period, closed_by) SELECT '2024-02', 31 WHERE NOT EXISTS (SELECT FROM entries WHERE NOT posted AND booked_on BETWEEN '2024-02-01' AND '2024-02-29');
INSERT INTO account_balances (account_id, balance) SELECT id, 0 FROM accounts ON CONFLICT (account_id) DO NOTHING;
INSERT INTO dunning (invoice_id, level, sent_on, fee)
SELECT i.id, coalesce(max(d.level), 0) + 1, current_date, (ARRAY[0, 5, 10])[least(coalesce(max(d.level), 0) + 1, 3)]
FROM invoices i LEFT JOIN dunning d ON d.invoice_id = i.id
WHERE i.paid_at IS NULL AND i.due_on < current_date - 14
GROUP BY i.id
HAVING coalesce(max(d.sent_on), '-infinity') < current_date - 14
RETURNING invoice_id, level;
UPDATE invoices SET paid_at = p.received_at FROM payments p WHERE p.invoice_id = invoices.id AND p.amount >= invoices.gross AND invoices.paid_at IS NULL;
UPDATE entries SET posted = true, posted_at = now() WHERE id = $1 AND NOT posted AND (SELECT sum(amount) FROM postings WHERE entry_id = $1) = 0;
UPDATE bank_movements m SET matched_invoice_id = c.invoice_id FROM (SELECT movement_id, min(invoice_id) AS invoice_id FROM match_candidates GROUP BY movement_id HAVING count(*) = 1) c WHERE c.movement_id = m.id;
UPDATE accounts SET name = initcap(name), code = lpad(code, 6, '0') WHERE chart = 'SKR03' AND length(code) < 6;
UPDATE assets SET (book_value, last_run) = (greatest(book_value - round(cost / life / 12, 2), 1), current_date) WHERE book_value > 1 AND last_run < date_trunc('month', current_date);
DELETE FROM entries e WHERE NOT e.posted AND e.created_at < now() - interval '60 days' AND NOT EXISTS (SELECT 1 FROM attachments a WHERE a.entry_id = e.id);
DELETE FROM fx_rates WHERE day < '2000-01-01' OR rate <= 0;
CREATE TABLE postings (
  id         bigint GENERATED BY DEFAULT AS IDENTITY (START WITH 1000 CACHE 20) PRIMARY KEY,
  entry_id   bigint NOT NULL REFERENCES entries ON DELETE RESTRICT,
  account_id integer NOT NULL CONSTRAINT postings_account REFERENCES accounts (id),
  amount     numeric(18, 4) NOT NULL CONSTRAINT postings_not_zero CHECK (amount <> 0),
  currency   char(3) NOT NULL DEFAULT 'EUR' CHECK (currency = upper(currency)),
  booked_on  date NOT NULL,
  text       varchar(500) COLLATE "C",
  amount_abs numeric GENERATED ALWAYS AS (abs(amount)) STORED
);
CREATE MATERIALIZED VIEW monthly_balances AS
SELECT account_id, date_trunc('month', booked_on)::date AS month, sum(amount) AS amount, count(*) AS postings
FROM postings
GROUP BY account_id, date_trunc('month', booked_on)::date;
CREATE INDEX postings_account_day ON postings (account_id, booked_on) INCLUDE (amount);
ALTER TABLE entries ALTER COLUMN reference SET NOT NULL, ALTER COLUMN posted SET DEFAULT false, ALTER COLUMN text TYPE text;
BEGIN ISOLATION LEVEL SERIALIZABLE;
COMMIT;

-- Tickets, as Active Record sends it.
SELECT "tickets".* FROM "tickets" WHERE "tickets"."id" = $1 LIMIT $2;
SELECT "users".* FROM "users" WHERE "users"."id" = $1 LIMIT $2 /*application='Desk',controller='tickets',action='show'*/;
SELECT "tickets".* FROM "tickets" WHERE "tickets"."account_id" = $1 AND "tickets"."status" IN ($2, $3) AND "tickets"."assignee_id" IS NULL ORDER BY "tickets"."priority" DESC, "tickets"."created_at" ASC LIMIT $4 OFFSET $5;
SELECT COUNT(*) FROM "tickets" WHERE "tickets"."account_id" = $1 AND "tickets"."deleted_at" IS NULL;
SELECT 1 AS one FROM "users" WHERE LOWER("users"."email") = LOWER($1) AND "users"."id" != $2 AND "users"."account_id" = $3 LIMIT $4;
SELECT "comments".* FROM "comments" WHERE "comments"."ticket_id" IN ($1, $2, $3, $4, $5, $6, $7, $8) ORDER BY "comments"."created_at" ASC;
SELECT "tags".* FROM "tags" INNER JOIN "taggings" ON "tags"."id" = "taggings"."tag_id" WHERE "taggings"."taggable_id" = $1 AND "taggings"."taggable_type" = $2 AND "taggings"."context" = $3;
SELECT "tickets"."id" AS t0_r0, "tickets"."subject" AS t0_r1, "tickets"."status" AS t0_r2, "tickets"."requester_id" AS t0_r3, "users"."id" AS t1_r0, "users"."name" AS t1_r1, "users"."email" AS t1_r2, "organizations"."id" AS t2_r0, "organizations"."name" AS t2_r1 FROM "tickets" LEFT OUTER JOIN "users" ON "users"."id" = "tickets"."requester_id" LEFT OUTER JOIN "organizations" ON "organizations"."id" = "users"."organization_id" WHERE "organizations"."name" = $1 AND (tickets.created_at > '2024-02-01 00:00:00') ORDER BY "tickets"."id" DESC;
SELECT COUNT(*) AS "count_all", "tickets"."status" AS "tickets_status" FROM "tickets" WHERE "tickets"."account_id" = $1 GROUP BY "tickets"."status";
SELECT DISTINCT "tickets"."id", "tickets"."updated_at" AS alias_0 FROM "tickets" LEFT OUTER JOIN "comments" ON "comments"."ticket_id" = "tickets"."id" WHERE ("comments"."body" ILIKE '%refund%' OR "tickets"."subject" ILIKE '%refund%') ORDER BY "tickets"."updated_at" DESC LIMIT $1;
SELECT "tickets".* FROM "tickets" WHERE "tickets"."id" > $1 ORDER BY "tickets"."id" ASC LIMIT $2;
SELECT "users".* FROM "users" WHERE "users"."type" IN ($1, $2) AND "users"."active" = $3 AND "users"."locked_at" IS NULL;
SELECT SUM("time_entries"."minutes") FROM "time_entries" INNER JOIN "tickets" ON "time_entries"."ticket_id" = "tickets"."id" WHERE "tickets"."project_id" = $1 AND "time_entries"."spent_on" BETWEEN $2 AND $3;
SELECT "tickets"."assignee_id", AVG(EXTRACT(EPOCH FROM (solved_at - created_at))) AS seconds FROM "tickets" WHERE "tickets"."solved_at" IS NOT NULL GROUP BY "tickets"."assignee_id" HAVING (COUNT(*) > 10);
SELECT "sla_policies".* FROM "sla_policies" WHERE "sla_policies"."account_id" = $1 AND ("sla_policies"."priority" = $2 OR "sla_policies"."priority" IS NULL) ORDER BY "sla_policies"."position" ASC LIMIT $3;
SELECT "tickets".* FROM "tickets" WHERE "tickets"."id" = $1 LIMIT $2 FOR UPDATE;
SELECT "active_storage_attachments".* FROM "active_storage_attachments" WHERE "active_storage_attachments"."record_type" = $1 AND "active_storage_attachments"."record_id" = $2 AND "active_storage_attachments"."name" = $3;
SELECT "schema_migrations"."version" FROM "schema_migrations" ORDER BY "schema_migrations"."version" ASC;
SELECT "tickets".* FROM "tickets" WHERE "tickets"."parent_id" IS NULL AND NOT ("tickets"."status" = $1) AND (due_at < NOW() + INTERVAL '4 hours') ORDER BY due_at ASC NULLS LAST;
SELECT "macros"."id", "macros"."title" FROM "macros" WHERE ("macros"."owner_type" = $1 AND "macros"."owner_id" = $2 OR "macros"."shared" = $3) ORDER BY LOWER(macros.title);
SELECT "tickets"."id" FROM "tickets" WHERE "tickets"."requester_id" IN (SELECT "users"."id" FROM "users" WHERE "users"."organization_id" = $1) AND "tickets"."status" != $2;
SELECT MAX("comments"."created_at") AS maximum_created_at, "comments"."ticket_id" AS comments_ticket_id FROM "comments" WHERE "comments"."public" = $1 AND "comments"."ticket_id" IN ($2, $3, $4) GROUP BY "comments"."ticket_id";
SELECT "good_jobs".* FROM "good_jobs" WHERE "good_jobs"."queue_name" = $1 AND ("good_jobs"."scheduled_at" <= $2 OR "good_jobs"."scheduled_at" IS NULL) AND "good_jobs"."finished_at" IS NULL ORDER BY priority DESC NULLS LAST, "good_jobs"."created_at" ASC LIMIT $3 FOR UPDATE SKIP LOCKED;
SELECT tickets.*, (SELECT COUNT(*) FROM comments WHERE comments.ticket_id = tickets.id) AS comments_total FROM "tickets" WHERE "tickets"."account_id" = $1 AND (custom_fields->>'region' = 'EMEA') ORDER BY "comments_total" DESC;
SELECT DATE_TRUNC('day', "tickets"."created_at"::timestamptz AT TIME ZONE 'Etc/UTC') AT TIME ZONE 'Etc/UTC' AS "day", COUNT(*) FROM "tickets" WHERE "tickets"."created_at" >= $1 GROUP BY 1 ORDER BY 1;
SELECT "a"."id", "a"."name" FROM "users" "a" INNER JOIN "group_memberships" ON "group_memberships"."user_id" = "a"."id" AND "group_memberships"."default" = TRUE WHERE "group_memberships"."group_id" = $1 ORDER BY RANDOM() LIMIT 1;
SELECT "satisfaction_ratings"."score" FROM "satisfaction_ratings" WHERE "satisfaction_ratings"."ticket_id" = $1 AND "satisfaction_ratings"."score" BETWEEN $2 AND $3 ORDER BY "satisfaction_ratings"."created_at" DESC LIMIT $4;
SELECT "views".*, ROW_NUMBER() OVER (PARTITION BY views.account_id ORDER BY views.position) AS n FROM "views" WHERE "views"."active" = $1;
SELECT "ar_internal_metadata".* FROM "ar_internal_metadata" WHERE "ar_internal_metadata"."key" = $1 ORDER BY "ar_internal_metadata"."key" ASC LIMIT 1;
SELECT pg_try_advisory_lock(2859260972035668690);
SELECT "oauth_access_tokens".* FROM "oauth_access_tokens" WHERE "oauth_access_tokens"."token" = $1 AND ("oauth_access_tokens"."revoked_at" IS NULL AND oauth_access_tokens.created_at + (oauth_access_tokens.expires_in || ' seconds')::interval > NOW()) LIMIT $2;
INSERT INTO "tickets" ("account_id", "subject", "description", "status", "priority", "requester_id", "custom_fields", "created_at", "updated_at") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING "id";
INSERT INTO "comments" ("ticket_id", "author_id", "body", "public", "created_at", "updated_at") VALUES ($1, $2, $3, $4, $5, $6) RETURNING "id";
INSERT INTO "taggings" ("tag_id","taggable_id","taggable_type","context","created_at") VALUES (3, 4411, 'Ticket', 'tags', CURRENT_TIMESTAMP), (19, 4411, 'Ticket', 'tags', CURRENT_TIMESTAMP) ON CONFLICT  DO NOTHING RETURNING "id";
INSERT INTO "schema_migrations" (version) VALUES ('20240212081530'), ('20240209142201'), ('20240131095512'), ('20240118101010');
INSERT INTO "organizations" ("external_id","name","created_at","updated_at") VALUES ('o-17', 'Kontor Nord', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP) ON CONFLICT ("external_id") DO UPDATE SET updated_at=(CASE WHEN ("organizations"."name" IS NOT DISTINCT FROM excluded."name") THEN "organizations".updated_at ELSE CURRENT_TIMESTAMP END),"name"=excluded."name" RETURNING "id";
INSERT INTO "ar_internal_metadata" ("key", "value", "created_at", "updated_at") VALUES ('environment', 'production', '2024-02-12 08:15:31.104', '2024-02-12 08:15:31.104') RETURNING "key";
UPDATE "tickets" SET "status" = $1, "assignee_id" = $2, "updated_at" = $3 WHERE "tickets"."id" = $4;
UPDATE "tickets" SET "comments_count" = COALESCE("comments_count", 0) + $1, "updated_at" = $2 WHERE "tickets"."id" = $3;
UPDATE "tickets" SET "subject" = $1, "lock_version" = $2 WHERE "tickets"."id" = $3 AND "tickets"."lock_version" = $4;
UPDATE "users" SET "sign_in_count" = $1, "current_sign_in_at" = $2, "last_sign_in_at" = $3, "current_sign_in_ip" = $4, "last_sign_in_ip" = $5, "updated_at" = $6 WHERE "users"."id" = $7;
UPDATE "tickets" SET "assignee_id" = NULL WHERE "tickets"."id" IN (SELECT "tickets"."id" FROM "tickets" INNER JOIN "users" ON "users"."id" = "tickets"."assignee_id" WHERE "users"."active" = $1 ORDER BY "tickets"."id" ASC);
DELETE FROM "comments" WHERE "comments"."id" = $1;
DELETE FROM "taggings" WHERE "taggings"."taggable_id" = $1 AND "taggings"."taggable_type" = $2 AND "taggings"."tag_id" IN ($3, $4);
CREATE TABLE "tickets" ("id" bigserial primary key, "account_id" bigint NOT NULL, "subject" character varying NOT NULL, "description" text, "status" integer DEFAULT 0 NOT NULL, "priority" integer DEFAULT 1, "requester_id" bigint, "assignee_id" bigint, "custom_fields" jsonb DEFAULT '{}', "due_at" timestamp(6), "created_at" timestamp(6) NOT NULL, "updated_at" timestamp(6) NOT NULL, CONSTRAINT "fk_rails_4f1c0e9a2b" FOREIGN KEY ("account_id") REFERENCES "accounts" ("id"));
CREATE INDEX "index_tickets_on_account_id_and_status" ON "tickets" ("account_id", "status");
CREATE UNIQUE INDEX "index_users_on_lower_email" ON "users" USING btree (lower((email)::text));
ALTER TABLE "tickets" ADD "channel" character varying(20) DEFAULT 'mail' NOT NULL;
ALTER TABLE "comments" DROP CONSTRAINT "fk_rails_2fd19c0db7";
SAVEPOINT active_record_1;
ROLLBACK TO SAVEPOINT active_record_1;

-- Tickets, as people write it.
WITH opened AS (
  SELECT created_at::date AS day, count(*) AS n FROM tickets WHERE created_at >= current_date - 30 GROUP BY 1
), solved AS (
  SELECT solved_at::date AS day, count(*) AS n FROM tickets WHERE solved_at >= current_date - 30 GROUP BY 1
)
SELECT d::date AS day, coalesce(o.n, 0) AS opened, coalesce(s.n, 0) AS solved,
       sum(coalesce(o.n, 0) - coalesce(s.n, 0)) OVER (ORDER BY d) AS backlog_change
FROM generate_series(current_date - 30, current_date, '1 day') d
LEFT JOIN opened o ON o.day = d::date
LEFT JOIN solved s ON s.day = d::date
ORDER BY d;
SELECT t.id, t.subject, t.priority,
       (SELECT u.name FROM users u WHERE u.id = t.assignee_id) AS assignee,
       (SELECT max(c.created_at) FROM comments c WHERE c.ticket_id = t.id AND c.public) AS last_reply
FROM tickets t
WHERE t.status = 'open' AND t.team_id = $1
ORDER BY CASE t.priority WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 WHEN 'normal' THEN 2 ELSE 3 END, t.created_at
LIMIT 50;
SELECT team.name,
       count(*) AS solved,
       avg(t.first_reply_at - t.created_at) AS first_reply,
       percentile_cont(ARRAY[0.5, 0.9, 0.99]) WITHIN GROUP (ORDER BY extract(epoch FROM t.solved_at - t.created_at)) AS seconds_to_solve
FROM tickets t
JOIN teams team ON team.id = t.team_id
WHERE t.solved_at >= date_trunc('month', now()) - interval '1 month'
  AND t.solved_at < date_trunc('month', now())
GROUP BY team.name;
SELECT id, subject, ts_headline('simple', body, q, 'MaxWords=20, MinWords=5') AS snippet, ts_rank_cd(search, q) AS rank
FROM tickets, websearch_to_tsquery('simple', $1) AS q
WHERE search @@ q
ORDER BY rank DESC
LIMIT 20;
SELECT h.ticket_id, h.from_status, h.to_status, count(*) AS times
FROM (
  SELECT ticket_id, lag(status) OVER w AS from_status, status AS to_status
  FROM status_changes
  WINDOW w AS (PARTITION BY ticket_id ORDER BY changed_at)
) h
WHERE h.from_status = 'solved' AND h.to_status = 'open'
GROUP BY 1, 2, 3
HAVING count(*) > 2;
WITH RECURSIVE merged(id, into_id, hops) AS (
  SELECT id, merged_into, 1 FROM tickets WHERE id = $1 AND merged_into IS NOT NULL
  UNION
  SELECT m.id, t.merged_into, hops + 1 FROM merged m JOIN tickets t ON t.id = m.into_id WHERE t.merged_into IS NOT NULL AND hops < 20
)
SELECT into_id FROM merged ORDER BY hops DESC LIMIT 1;
SELECT u.id, u.name, count(t.id) AS load
FROM users u LEFT JOIN tickets t ON t.assignee_id = u.id AND t.status IN ('open', 'pending')
WHERE u.team_id = 4 AND u.available AND (u.skills @> ARRAY['billing'] OR u.is_lead)
GROUP BY u.id
ORDER BY load, random()
LIMIT 1;
SELECT t.id, p.name AS policy, t.created_at + p.first_reply AS reply_due, t.created_at + p.first_reply - now() AS left
FROM tickets t
JOIN sla_policies p ON p.priority = t.priority AND p.plan = t.plan
WHERE t.first_reply_at IS NULL AND t.created_at + p.first_reply < now() + interval '30 minutes'
ORDER BY reply_due;
SELECT extract(isodow FROM created_at)::int AS weekday, extract(hour FROM created_at)::int AS hour, count(*) AS tickets
FROM tickets
WHERE created_at > now() - interval '12 weeks'
GROUP BY CUBE (1, 2)
ORDER BY 1, 2;
SELECT tag, count(*) FILTER (WHERE score = 'good') AS good, count(*) FILTER (WHERE score = 'bad') AS bad
FROM ratings r, tickets t, unnest(t.tags) AS tag
WHERE t.id = r.ticket_id
GROUP BY tag
ORDER BY bad DESC, tag;
SELECT c.author_id, substring(c.body from 1 for 80) AS start, position('password' in lower(c.body)) AS at FROM comments c WHERE lower(c.body) LIKE '%password%' AND c.public;
SELECT min(id) AS id, subject, count(*) FROM tickets WHERE requester_id = $1 AND created_at > now() - interval '1 hour' GROUP BY subject HAVING count(*) > 1;
select t.*, r.email as requester_email from tickets t inner join users r on r.id = t.requester_id where t.id = 4411;
SELECT q.id, q.ticket_id FROM outbox q WHERE q.sent_at IS NULL AND q.attempts < 5 AND q.next_try <= now() ORDER BY q.id LIMIT 20 FOR NO KEY UPDATE SKIP LOCKED;
SELECT array_agg(t ORDER BY t.n DESC) FROM (SELECT category, count(*) AS n FROM tickets GROUP BY category) t;
SELECT coalesce(category, '(none)') AS category, channel, count(*) FROM tickets GROUP BY GROUPING SETS ((category, channel), (category), (channel), ());
SELECT i.key, i.summary, l.kind, j.key AS other
FROM issues i
JOIN issue_links l ON i.id IN (l.source_id, l.target_id)
JOIN issues j ON j.id = CASE WHEN l.source_id = i.id THEN l.target_id ELSE l.source_id END
WHERE i.key = 'DESK-112';
SELECT a.id FROM articles a WHERE a.locale = ANY ($1) AND a.published AND NOT (a.section_id = ANY (SELECT id FROM sections WHERE internal));
SELECT s.sprint, s.day, s.remaining, first_value(s.remaining) OVER w - (row_number() OVER w - 1) * (first_value(s.remaining) OVER w / count(*) OVER (PARTITION BY s.sprint)::numeric) AS ideal
FROM burndown s
WINDOW w AS (PARTITION BY s.sprint ORDER BY s.day);
SELECT requester_id, array_length(array_agg(DISTINCT channel), 1) AS channels FROM tickets GROUP BY requester_id HAVING count(DISTINCT channel) > 2;
SELECT id, due_at, due_at AT TIME ZONE 'America/New_York' AS due_local FROM tickets WHERE due_at BETWEEN now() AND now() + '1 day' ORDER BY due_at;
SELECT f.id, f.filename, pg_size_pretty(f.bytes) AS size FROM attachments f WHERE f.comment_id IN (SELECT id FROM comments WHERE ticket_id = 4411) AND f.content_type NOT LIKE 'image/%';
SELECT agent, shift_start, shift_end, count(t.id) FROM shifts s LEFT JOIN tickets t ON t.assignee_id = s.agent AND t.solved_at BETWEEN s.shift_start AND s.shift_end GROUP BY 1, 2, 3 ORDER BY shift_start;
SELECT id, fields #> '{device,os}' AS os, fields #>> '{device,version}' AS version, fields ?| ARRAY['serial', 'imei'] AS identified FROM tickets WHERE fields @> '{"device": {"os": "android"}}';
SELECT nps.month, 100 * (sum((score >= 9)::int) - sum((score <= 6)::int)) / count(*) AS nps FROM (SELECT date_trunc('month', given_at) AS month, score FROM surveys) nps GROUP BY nps.month ORDER BY nps.month;
SELECT t.id, x.field, x.old, x.new FROM ticket_events t CROSS JOIN LATERAL jsonb_to_recordset(t.changes) AS x(field text, old text, new text) WHERE t.ticket_id = $1 AND x.field IN ('status', 'priority');
VALUES ('urgent', interval '1 hour'), ('high', interval '4 hours'), ('normal', interval '1 day');
SELECT * FROM (SELECT t.*, row_number() OVER (PARTITION BY team_id ORDER BY created_at) AS pos FROM tickets t WHERE status = 'new') x WHERE pos <= 5;
SELECT bool_and(done) AS all_done, bool_or(blocked) AS any_blocked, every(estimate IS NOT NULL) AS estimated FROM subtasks WHERE parent_id = $1;
SELECT DISTINCT ON (t.requester_id) t.requester_id, t.id, r.score FROM tickets t JOIN ratings r ON r.ticket_id = t.id ORDER BY t.requester_id, r.given_at DESC;
SELECT overlay(card_number placing '************' from 1 for 12) AS masked FROM payments_in_tickets WHERE ticket_id = $1;
INSERT INTO tickets (subject, requester_id, channel, fields) VALUES ($1, $2, 'mail', coalesce($3::jsonb, '{}')) RETURNING id, created_at;
INSERT INTO watchers (ticket_id, user_id) SELECT $1, id FROM users WHERE email = ANY ($2::text[]) ON CONFLICT (ticket_id, user_id) DO NOTHING;
WITH c AS (
  INSERT INTO comments (ticket_id, author_id, body, public) VALUES ($1, $2, $3, true) RETURNING ticket_id, created_at
)
UPDATE tickets t
SET first_reply_at = coalesce(t.first_reply_at, c.created_at), status = 'pending', updated_at = c.created_at
FROM c
WHERE t.id = c.ticket_id;
INSERT INTO holidays (day, name, region) VALUES
  ('2024-01-01', 'New Year', 'DE'), ('2024-03-29', 'Good Friday', 'DE'), ('2024-04-01', 'Easter Monday', 'DE'),
  ('2024-05-01', 'Labour Day', 'DE'), ('2024-05-09', 'Ascension', 'DE'), ('2024-05-20', 'Whit Monday', 'DE'),
  ('2024-10-03', 'German Unity', 'DE'), ('2024-12-25', 'Christmas', 'DE'), ('2024-12-26', 'Boxing Day', 'DE');
INSERT INTO ticket_counters AS k (tenant_id, year, last) VALUES ($1, extract(year FROM now()), 1)
ON CONFLICT (tenant_id, year) DO UPDATE SET last = k.last + 1
RETURNING last;
INSERT INTO escalations (ticket_id, reason, level)
SELECT t.id, 'reply overdue', 1 + (SELECT count(*) FROM escalations e WHERE e.ticket_id = t.id)
FROM tickets t JOIN sla_policies p USING (priority)
WHERE t.first_reply_at IS NULL AND now() > t.created_at + p.first_reply;
INSERT INTO saved_views DEFAULT VALUES RETURNING id;
UPDATE tickets SET status = 'closed' WHERE status = 'solved' AND solved_at < now() - interval '7 days';
UPDATE tickets AS t SET assignee_id = r.to_id FROM (VALUES (12, 18), (14, 31)) AS r (from_id, to_id) WHERE t.assignee_id = r.from_id AND t.status <> 'closed';
UPDATE comments SET ticket_id = $2, moved_from = ticket_id WHERE ticket_id = $1;
UPDATE tickets SET tags = ARRAY(SELECT DISTINCT unnest(tags || '{outage}'::text[]) ORDER BY 1) WHERE id BETWEEN 4400 AND 4450 RETURNING id, tags;
UPDATE outbox SET attempts = attempts + 1, next_try = now() + interval '1 minute' * power(2, attempts), last_error = left($2, 500) WHERE id = $1;
DELETE FROM watchers w USING users u WHERE u.id = w.user_id AND NOT u.active AND w.ticket_id IN (SELECT id FROM tickets WHERE team_id = 4);
DELETE FROM drafts WHERE (ticket_id, author_id) = ($1, $2);
DELETE FROM outbox WHERE sent_at < now() - interval '30 days' RETURNING id, ticket_id;
CREATE TABLE IF NOT EXISTS status_changes (
  ticket_id  bigint NOT NULL REFERENCES tickets ON DELETE CASCADE,
  seq        smallint NOT NULL,
  status     text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_by bigint REFERENCES users (id) ON DELETE SET NULL,
  PRIMARY KEY (ticket_id, seq)
);
CREATE INDEX tickets_search ON tickets USING gist (search) WHERE status <> 'closed';
ALTER TABLE tickets RENAME COLUMN owner_id TO assignee_id;
DROP VIEW IF EXISTS ticket_overview, ticket_summary CASCADE;
START TRANSACTION READ ONLY;
SET statement_timeout TO '15s';

-- Blogs and pages, as Prisma, Active Record and Drizzle send it.
SELECT "public"."Post"."id", "public"."Post"."title", "public"."Post"."slug", "public"."Post"."content", "public"."Post"."published", "public"."Post"."authorId", "public"."Post"."createdAt", "public"."Post"."updatedAt" FROM "public"."Post" WHERE ("public"."Post"."slug" = $1 AND 1=1) LIMIT $2 OFFSET $3;
SELECT "public"."Post"."id", "public"."Post"."title", "public"."Post"."authorId" FROM "public"."Post" WHERE ("public"."Post"."published" = $1 AND "public"."Post"."createdAt" < $2) ORDER BY "public"."Post"."createdAt" DESC LIMIT $3 OFFSET $4;
SELECT "public"."User"."id", "public"."User"."name", "public"."User"."email" FROM "public"."User" WHERE "public"."User"."id" IN ($1,$2,$3,$4,$5) OFFSET $6;
SELECT "public"."Comment"."id", "public"."Comment"."body", "public"."Comment"."postId" FROM "public"."Comment" WHERE ("public"."Comment"."postId" IN ($1,$2,$3) AND "public"."Comment"."approvedAt" IS NOT NULL) ORDER BY "public"."Comment"."id" ASC OFFSET $4;
SELECT COUNT(*) FROM (SELECT "public"."Post"."id" FROM "public"."Post" WHERE "public"."Post"."authorId" = $1 OFFSET $2) AS "sub";
SELECT "public"."Post"."id", COALESCE("aggr_selection_0_Comment"."_aggr_count_comments", 0) AS "_aggr_count_comments" FROM "public"."Post" LEFT JOIN (SELECT "public"."Comment"."postId", COUNT(*) AS "_aggr_count_comments" FROM "public"."Comment" WHERE 1=1 GROUP BY "public"."Comment"."postId") AS "aggr_selection_0_Comment" ON ("public"."Post"."id" = "aggr_selection_0_Comment"."postId") WHERE "public"."Post"."published" = $1 ORDER BY "public"."Post"."id" ASC LIMIT $2 OFFSET $3;
SELECT "t1"."id", "t1"."name" FROM "public"."Tag" AS "t1" WHERE ("t1"."id") IN (SELECT "t0"."B" FROM "public"."_PostToTag" AS "t0" INNER JOIN "public"."Post" AS "j0" ON ("j0"."id") = ("t0"."A") WHERE ("j0"."slug" = $1 AND "t0"."B" IS NOT NULL)) ORDER BY "t1"."name" ASC OFFSET $2;
SELECT "t0"."id", "t0"."title", "Post_author"."__prisma_data__" AS "author" FROM "public"."Post" AS "t0" LEFT JOIN LATERAL (SELECT JSONB_BUILD_OBJECT('id', "t1"."id", 'name', "t1"."name") AS "__prisma_data__" FROM "public"."User" AS "t1" WHERE "t0"."authorId" = "t1"."id" LIMIT $1) AS "Post_author" ON TRUE WHERE "t0"."published" = $2 ORDER BY "t0"."id" DESC LIMIT $3;
SELECT "t0"."id", "t0"."title", COALESCE("Post_comments"."__prisma_data__", '[]'::jsonb) AS "comments" FROM "public"."Post" AS "t0" LEFT JOIN LATERAL (SELECT JSONB_AGG("__prisma_data__") AS "__prisma_data__" FROM (SELECT "t3"."__prisma_data__" FROM (SELECT JSONB_BUILD_OBJECT('id', "t2"."id", 'body', "t2"."body") AS "__prisma_data__" FROM (SELECT "t1".* FROM "public"."Comment" AS "t1" WHERE "t0"."id" = "t1"."postId") AS "t2") AS "t3") AS "t4") AS "Post_comments" ON TRUE WHERE "t0"."id" = $1;
SELECT "public"."Post"."id" FROM "public"."Post" WHERE ("public"."Post"."title"::text ILIKE $1 OR "public"."Post"."content"::text ILIKE $2) ORDER BY "public"."Post"."id" ASC LIMIT $3;
SELECT COUNT(*), AVG("rating"), MIN("rating"), MAX("rating"), "postId" FROM (SELECT "public"."Vote"."rating", "public"."Vote"."postId" FROM "public"."Vote" WHERE "public"."Vote"."createdAt" >= $1 OFFSET $2) AS "sub" GROUP BY "postId";
SELECT "public"."Post"."authorId", SUM("public"."Post"."views") FROM "public"."Post" WHERE 1=1 GROUP BY "public"."Post"."authorId" HAVING SUM("public"."Post"."views") > $1 ORDER BY SUM("public"."Post"."views") DESC LIMIT $2 OFFSET $3;
SELECT "public"."Session"."id", "public"."Session"."userId", "public"."Session"."expires" FROM "public"."Session" WHERE ("public"."Session"."sessionToken" = $1 AND "public"."Session"."expires" > $2 AND 1=1) LIMIT $3 OFFSET $4;
SELECT "public"."Post"."id" FROM "public"."Post" LEFT JOIN "public"."User" AS "j1" ON ("j1"."id") = ("public"."Post"."authorId") WHERE ("j1"."role" = CAST($1::text AS "public"."Role") AND ("j1"."id" IS NOT NULL));
SELECT "public"."Post"."id" FROM "public"."Post" WHERE ("public"."Post"."tags" && $1 AND (NOT "public"."Post"."tags" @> $2));
SELECT "public"."Post"."id", "public"."Post"."metadata" FROM "public"."Post" WHERE (("public"."Post"."metadata"#>ARRAY[$1,$2]::text[])::jsonb = $3 AND "public"."Post"."deletedAt" IS NULL);
SELECT "posts"."id", "posts"."title", "posts"."slug", "users"."name" AS "author" FROM "posts" INNER JOIN "users" ON "posts"."author_id" = "users"."id" WHERE ("posts"."status" = $1 AND "posts"."published_at" <= now()) ORDER BY "posts"."published_at" DESC LIMIT $2;
SELECT "posts".* FROM "posts" WHERE "posts"."slug" = $1 AND "posts"."site_id" = $2 AND "posts"."published_at" IS NOT NULL LIMIT $3;
SELECT "posts".*, COUNT(comments.id) AS comments_count FROM "posts" LEFT OUTER JOIN "comments" ON "comments"."post_id" = "posts"."id" AND "comments"."spam" = $1 GROUP BY "posts"."id" ORDER BY comments_count DESC LIMIT $2;
SELECT "categories".* FROM "categories" WHERE "categories"."id" IN (SELECT "categorizations"."category_id" FROM "categorizations" WHERE "categorizations"."post_id" = $1) ORDER BY "categories"."lft" ASC;
SELECT "friendly_id_slugs".* FROM "friendly_id_slugs" WHERE "friendly_id_slugs"."sluggable_type" = $1 AND "friendly_id_slugs"."slug" = $2 ORDER BY "friendly_id_slugs"."id" DESC LIMIT $3;
SELECT "wp"."option_value" FROM "wp_options" AS "wp" WHERE "wp"."option_name" = 'siteurl' LIMIT 1;
SELECT DISTINCT DATE_PART('year', "posts"."published_at") AS year, DATE_PART('month', "posts"."published_at") AS month, COUNT(*) OVER (PARTITION BY DATE_TRUNC('month', "posts"."published_at")) AS n FROM "posts" WHERE "posts"."site_id" = $1 ORDER BY year DESC, month DESC;
SELECT "pages".* FROM "pages" WHERE "pages"."ancestry" IS NULL OR "pages"."ancestry" LIKE '14/%' ORDER BY CASE WHEN "pages"."ancestry" IS NULL THEN 0 ELSE 1 END, "pages"."ancestry";
select "p"."id", "p"."title", "p"."excerpt" from "posts" as "p" where "p"."author_id" = $1 and "p"."deleted_at" is null order by "p"."created_at" desc limit $2;
select count(*) as "cnt" from "media" where "media"."site_id" = $1 and "media"."mime" like $2;
select "id", "path", "width", "height" from "media" where "checksum" = $1 and "bytes" = $2 limit 1;
select "revisions"."id", "revisions"."body", "users"."name" from "revisions" left join "users" on "users"."id" = "revisions"."editor_id" where "revisions"."post_id" = $1 order by "revisions"."number" desc limit $2 offset $3;
SELECT EXISTS(SELECT 1 FROM "post_likes" WHERE "post_likes"."post_id" = $1 AND "post_likes"."user_id" = $2) AS "liked", (SELECT COUNT(*) FROM "post_likes" WHERE "post_likes"."post_id" = $1) AS "likes";
SELECT "r"."from_path", "r"."to_path", "r"."code" FROM "redirects" "r" WHERE "r"."site_id" = $1 AND ("r"."from_path" = $2 OR $2 LIKE "r"."from_path" || '%') ORDER BY length("r"."from_path") DESC LIMIT 1;
SELECT "public"."_prisma_migrations"."id", "public"."_prisma_migrations"."checksum", "public"."_prisma_migrations"."finished_at", "public"."_prisma_migrations"."migration_name", "public"."_prisma_migrations"."applied_steps_count" FROM "public"."_prisma_migrations" ORDER BY "started_at" ASC;
INSERT INTO "public"."Post" ("id","title","slug","content","published","authorId","createdAt","updatedAt") VALUES ($1,$2,$3,$4,$5,$6,$7,$8) RETURNING "public"."Post"."id", "public"."Post"."title", "public"."Post"."slug";
INSERT INTO "public"."_PostToTag" ("A","B") VALUES ($1,$2), ($3,$4) ON CONFLICT DO NOTHING;
INSERT INTO "public"."View" ("postId","day","count") VALUES ($1,$2,$3) ON CONFLICT ("postId","day") DO UPDATE SET "count" = ("public"."View"."count" + $4) WHERE ("public"."View"."postId" = $5 AND 1=1) RETURNING "public"."View"."postId", "public"."View"."count";
INSERT INTO "comments" ("post_id", "parent_id", "author_name", "author_email", "body", "ip", "created_at") VALUES ($1, $2, $3, $4, $5, $6::inet, now()) RETURNING "id";
insert into "revisions" ("post_id", "number", "editor_id", "body") values ($1, (select coalesce(max("number"), 0) + 1 from "revisions" where "post_id" = $1), $2, $3) returning "id", "number";
insert into "media" ("site_id", "path", "mime", "bytes", "checksum", "alt") values ($1, $2, $3, $4, $5, default), ($6, $7, $8, $9, $10, default) on conflict ("site_id", "checksum") do nothing returning "id";
UPDATE "public"."Post" SET "published" = $1, "updatedAt" = $2 WHERE ("public"."Post"."id" = $3 AND 1=1) RETURNING "public"."Post"."id", "public"."Post"."published", "public"."Post"."updatedAt";
UPDATE "public"."Post" SET "views" = ("public"."Post"."views" + $1) WHERE ("public"."Post"."id" IN ($2,$3,$4) AND 1=1);
UPDATE "posts" SET "title" = $1, "body" = $2, "search" = setweight(to_tsvector('simple', $1), 'A') || setweight(to_tsvector('simple', $2), 'B'), "updated_at" = $3 WHERE "posts"."id" = $4;
update "comments" set "approved_at" = now(), "approved_by" = $1 where ("comments"."id" = any($2) and "comments"."approved_at" is null) returning "id";
UPDATE "pages" SET "lft" = CASE WHEN "lft" >= $1 THEN "lft" + 2 ELSE "lft" END, "rgt" = CASE WHEN "rgt" >= $1 THEN "rgt" + 2 ELSE "rgt" END WHERE "pages"."tree_id" = $2 AND ("lft" >= $1 OR "rgt" >= $1);
DELETE FROM "public"."Session" WHERE ("public"."Session"."userId" = $1 AND 1=1);
DELETE FROM "public"."_PostToTag" WHERE ("A" = ($1) AND "B" IN ($2,$3));
delete from "post_likes" where ("post_id", "user_id") = ($1, $2);
CREATE TABLE "public"."Post" (
    "id" TEXT NOT NULL,
    "title" VARCHAR(255) NOT NULL,
    "slug" TEXT NOT NULL,
    "content" TEXT,
    "published" BOOLEAN NOT NULL DEFAULT false,
    "views" INTEGER NOT NULL DEFAULT 0,
    "metadata" JSONB,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "authorId" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Post_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "Post_slug_key" ON "public"."Post"("slug");
CREATE INDEX "_PostToTag_B_index" ON "public"."_PostToTag"("B" DESC);
ALTER TABLE "public"."Post" ADD CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "public"."User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
BEGIN READ WRITE;
