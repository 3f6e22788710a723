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
SELECT t."Id", t."Channel", t."CreatedAt", t."Currency", t."CustomerId", t."Note", t."Number", t."PaidAt", t."ShippedAt", t."ShippingAddressId", t."BillingAddressId", t."Status", t."StoreId", t."Total", t."TotalTax", t."Id0", t."BirthDate", t."CreatedAt0", t."DisplayName", t."Email", t."FirstName", t."LastName", t."Locale", t."NormalizedEmail", t."PhoneNumber", t."Tier", t."Id1", t."City", t."Company", t."Country", t."PostalCode", t."Region", t."Street", t."Street2", t."Id2", t."City0", t."Company0", t."Country0", t."PostalCode0", t."Region0", t."Street0", t."Street20", t0."Id", t0."DiscountPercent", t0."OrderId", t0."ProductId", t0."Quantity", t0."TaxRate", t0."UnitPrice", t0."VariantId", t0."Id0", t0."Brand", t0."CategoryId", t0."IsActive", t0."Name", t0."Price", t0."Sku", t0."SupplierId", t0."UpdatedAt", t0."Id1", t0."Barcode", t0."Color", t0."ProductId0", t0."Size", t0."SkuSuffix", p1."Id", p1."Amount", p1."AuthorizedAt", p1."CapturedAt", p1."Method", p1."OrderId", p1."ProviderReference", p1."State", t1."Id", t1."Carrier", t1."DeliveredAt", t1."OrderId", t1."ShippedAt", t1."TrackingNumber", t1."Id0", t1."At", t1."City", t1."Code", t1."ShipmentId", t1."Text"
FROM (
    SELECT o."Id", o."Channel", o."CreatedAt", o."Currency", o."CustomerId", o."Note", o."Number", o."PaidAt", o."ShippedAt", o."ShippingAddressId", o."BillingAddressId", o."Status", o."StoreId", o."Total", o."TotalTax", c."Id" AS "Id0", c."BirthDate", c."CreatedAt" AS "CreatedAt0", c."DisplayName", c."Email", c."FirstName", c."LastName", c."Locale", c."NormalizedEmail", c."PhoneNumber", c."Tier", a."Id" AS "Id1", a."City", a."Company", a."Country", a."PostalCode", a."Region", a."Street", a."Street2", a0."Id" AS "Id2", a0."City" AS "City0", a0."Company" AS "Company0", a0."Country" AS "Country0", a0."PostalCode" AS "PostalCode0", a0."Region" AS "Region0", a0."Street" AS "Street0", a0."Street2" AS "Street20"
    FROM "Orders" AS o
    INNER JOIN "Customers" AS c ON o."CustomerId" = c."Id"
    LEFT JOIN "Addresses" AS a ON o."ShippingAddressId" = a."Id"
    LEFT JOIN "Addresses" AS a0 ON o."BillingAddressId" = a0."Id"
    WHERE o."StoreId" = @__storeId_0 AND o."Status" = ANY (@__statuses_1) AND o."CreatedAt" >= @__from_2
    ORDER BY o."CreatedAt" DESC, o."Id" DESC
    LIMIT @__p_4 OFFSET @__p_3
) AS t
LEFT JOIN (
    SELECT o0."Id", o0."DiscountPercent", o0."OrderId", o0."ProductId", o0."Quantity", o0."TaxRate", o0."UnitPrice", o0."VariantId", p."Id" AS "Id0", p."Brand", p."CategoryId", p."IsActive", p."Name", p."Price", p."Sku", p."SupplierId", p."UpdatedAt", p0."Id" AS "Id1", p0."Barcode", p0."Color", p0."ProductId" AS "ProductId0", p0."Size", p0."SkuSuffix"
    FROM "OrderLines" AS o0
    INNER JOIN "Products" AS p ON o0."ProductId" = p."Id"
    LEFT JOIN "ProductVariants" AS p0 ON o0."VariantId" = p0."Id"
) AS t0 ON t."Id" = t0."OrderId"
LEFT JOIN "Payments" AS p1 ON t."Id" = p1."OrderId"
LEFT JOIN (
    SELECT s."Id", s."Carrier", s."DeliveredAt", s."OrderId", s."ShippedAt", s."TrackingNumber", s0."Id" AS "Id0", s0."At", s0."City", s0."Code", s0."ShipmentId", s0."Text"
    FROM "Shipments" AS s
    LEFT JOIN "ShipmentEvents" AS s0 ON s."Id" = s0."ShipmentId"
) AS t1 ON t."Id" = t1."OrderId"
ORDER BY t."CreatedAt" DESC, t."Id" DESC, t."Id0", t."Id1", t."Id2", t0."Id", t0."Id0", t0."Id1", p1."Id", t1."Id";
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
INSERT INTO "django_session" ("session_key", "session_data", "expire_date") VALUES ('8m1v0c3oq2', '.eyJhdXRoIjozMSwibGFuZyI6ImRlIn0:1s6mKQ:hV0y2n', '2024-05-28T07:12:44.120911+00:00'::timestamptz);
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
WITH scope AS (
  SELECT c.id, c.company_id, c.email, c.created_at, c.tags
  FROM contacts c
  WHERE c.tenant_id = $1
    AND NOT c.do_not_mail
    AND c.email IS NOT NULL
    AND ($2::timestamptz IS NULL OR c.created_at >= $2)
), touches AS (
  SELECT a.contact_id,
         count(*) AS touches,
         count(*) FILTER (WHERE a.kind IN ('call', 'meeting')) AS personal,
         max(a.happened_at) AS last_touch
  FROM activities a
  JOIN scope s ON s.id = a.contact_id
  WHERE a.happened_at >= now() - interval '180 days'
  GROUP BY a.contact_id
), opens AS (
  SELECT m.contact_id,
         count(DISTINCT m.id) AS mails,
         count(DISTINCT o.mail_id) AS opened,
         count(DISTINCT k.mail_id) AS clicked
  FROM mails m
  LEFT JOIN mail_opens o ON o.mail_id = m.id AND NOT o.bot
  LEFT JOIN mail_clicks k ON k.mail_id = m.id
  WHERE m.sent_at >= now() - interval '180 days' AND m.contact_id IN (SELECT id FROM scope)
  GROUP BY m.contact_id
), money AS (
  SELECT d.company_id,
         sum(d.amount) FILTER (WHERE d.won) AS won,
         sum(d.amount * d.probability / 100.0) FILTER (WHERE d.closed_at IS NULL) AS pipeline,
         bool_or(d.closed_at IS NULL AND d.amount > 50000) AS has_big_deal
  FROM deals d
  WHERE d.tenant_id = $1
  GROUP BY d.company_id
), scored AS (
  SELECT s.id, s.email, s.company_id,
         least(coalesce(t.touches, 0), 10) * 2
           + coalesce(t.personal, 0) * 5
           + CASE WHEN o.mails > 0 THEN round(30.0 * o.opened / o.mails + 50.0 * o.clicked / o.mails) ELSE 0 END
           + CASE WHEN m.has_big_deal THEN 25 WHEN m.pipeline > 0 THEN 10 ELSE 0 END
           + CASE WHEN s.tags && ARRAY['champion', 'decision-maker'] THEN 20 ELSE 0 END
           - CASE WHEN t.last_touch IS NULL OR t.last_touch < now() - interval '90 days' THEN 15 ELSE 0 END AS score,
         t.last_touch, m.won, m.pipeline
  FROM scope s
  LEFT JOIN touches t ON t.contact_id = s.id
  LEFT JOIN opens o ON o.contact_id = s.id
  LEFT JOIN money m ON m.company_id = s.company_id
)
SELECT sc.id, sc.email, co.name AS company, sc.score,
       ntile(10) OVER (ORDER BY sc.score DESC) AS decile,
       rank() OVER (PARTITION BY sc.company_id ORDER BY sc.score DESC) AS rank_in_company,
       sc.last_touch, coalesce(sc.won, 0) AS won, coalesce(sc.pipeline, 0)::numeric(14,2) AS pipeline
FROM scored sc
LEFT JOIN companies co ON co.tenant_id = $1 AND co.id = sc.company_id
WHERE sc.score >= $3
ORDER BY sc.score DESC, sc.id
LIMIT $4 OFFSET $5;
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
select i1_0.id,i1_0.approved_at,i1_0.approved_by,i1_0.currency,c1_0.id,c1_0.billing_city,c1_0.billing_country,c1_0.billing_name,c1_0.billing_postal_code,c1_0.billing_street,c1_0.created_at,c1_0.credit_limit,c1_0.dunning_blocked,c1_0.email,c1_0.name,pt1_0.id,pt1_0.days_net,pt1_0.discount_days,pt1_0.discount_percent,pt1_0.name,c1_0.phone,c1_0.vat_id,c1_0.version,i1_0.delivered_on,i1_0.due_on,i1_0.fiscal_year,i1_0.gross,i1_0.issued_on,i1_0.net,i1_0.number,i1_0.open_amount,p1_0.id,p1_0.closed_at,p1_0.ends_on,p1_0.fiscal_year,p1_0.starts_on,i1_0.purchase_order,i1_0.sequence_no,i1_0.series,i1_0.state,i1_0.text_above,i1_0.text_below,i1_0.vat,i1_0.version,l1_0.invoice_id,l1_0.line_no,a1_0.id,a1_0.code,a1_0.currency,a1_0.kind,a1_0.name,l1_0.article_no,cc1_0.id,cc1_0.code,cc1_0.name,l1_0.description,l1_0.discount_percent,l1_0.gross,l1_0.net,l1_0.quantity,l1_0.unit,l1_0.unit_price,v1_0.code,v1_0.rate,v1_0.text,v1_0.valid_from from invoice i1_0 join customer c1_0 on c1_0.id=i1_0.customer_id left join payment_term pt1_0 on pt1_0.id=c1_0.payment_term_id left join period p1_0 on p1_0.id=i1_0.period_id left join invoice_line l1_0 on i1_0.id=l1_0.invoice_id left join account a1_0 on a1_0.id=l1_0.account_id left join cost_center cc1_0 on cc1_0.id=l1_0.cost_center_id left join vat_code v1_0 on v1_0.code=l1_0.vat_code where i1_0.tenant_id=$1 and i1_0.state in ('ISSUED','PARTLY_PAID','OVERDUE') and (c1_0.dunning_blocked=false or c1_0.dunning_blocked is null) and i1_0.due_on<$2 and i1_0.open_amount>(select coalesce(sum(u1_0.amount),0) from unapplied_payment u1_0 where u1_0.customer_id=c1_0.id) order by c1_0.name,i1_0.due_on,i1_0.number,l1_0.line_no;
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
WITH params AS (
  SELECT date '2024-01-01' AS from_day, date '2024-03-31' AS to_day, 'EUR' AS currency
), positions (position, side, title, sort) AS (
  VALUES ('A.I', 'assets', 'Intangible assets', 10),
         ('A.II', 'assets', 'Property, plant and equipment', 20),
         ('B.I', 'assets', 'Inventories', 30),
         ('B.II', 'assets', 'Trade receivables', 40),
         ('B.IV', 'assets', 'Cash and cash equivalents', 50),
         ('P.A', 'liabilities', 'Equity', 110),
         ('P.B', 'liabilities', 'Provisions', 120),
         ('P.C', 'liabilities', 'Liabilities', 130),
         ('R.1', 'result', 'Revenue', 210),
         ('R.2', 'result', 'Cost of materials', 220),
         ('R.3', 'result', 'Personnel', 230),
         ('R.4', 'result', 'Depreciation', 240),
         ('R.5', 'result', 'Other operating expenses', 250)
), movements AS (
  SELECT a.position, p.account_id,
         sum(p.amount) FILTER (WHERE p.booked_on < q.from_day) AS opening,
         sum(p.amount) FILTER (WHERE p.booked_on BETWEEN q.from_day AND q.to_day AND p.amount > 0) AS debit,
         -sum(p.amount) FILTER (WHERE p.booked_on BETWEEN q.from_day AND q.to_day AND p.amount < 0) AS credit
  FROM params q
  JOIN postings p ON p.booked_on <= q.to_day AND p.currency = q.currency
  JOIN accounts a ON a.id = p.account_id
  JOIN entries e ON e.id = p.entry_id AND e.posted
  WHERE a.position IS NOT NULL AND e.reversed_by IS NULL
  GROUP BY a.position, p.account_id
), last_year AS (
  SELECT a.position, sum(b.amount) AS amount
  FROM params q
  JOIN monthly_balances b ON b.month < date_trunc('month', q.to_day - interval '1 year') + interval '1 month'
  JOIN accounts a ON a.id = b.account_id
  GROUP BY a.position
), lines AS (
  SELECT po.side, po.position, po.title, po.sort,
         count(m.account_id) AS accounts,
         coalesce(sum(m.opening), 0) AS opening,
         coalesce(sum(m.debit), 0) AS debit,
         coalesce(sum(m.credit), 0) AS credit,
         coalesce(sum(coalesce(m.opening, 0) + coalesce(m.debit, 0) - coalesce(m.credit, 0)), 0) AS closing,
         max(ly.amount) AS before
  FROM positions po
  LEFT JOIN movements m ON m.position = po.position
  LEFT JOIN last_year ly ON ly.position = po.position
  GROUP BY po.side, po.position, po.title, po.sort
)
SELECT CASE WHEN grouping(l.position) = 1 THEN upper(l.side) ELSE l.position END AS position,
       CASE WHEN grouping(l.position) = 1 THEN 'Total' ELSE max(l.title) END AS title,
       sum(l.accounts) AS accounts,
       to_char(sum(CASE WHEN l.side = 'assets' THEN l.opening ELSE -l.opening END), 'FM999G999G990D00') AS opening,
       to_char(sum(l.debit), 'FM999G999G990D00') AS debit,
       to_char(sum(l.credit), 'FM999G999G990D00') AS credit,
       to_char(sum(CASE WHEN l.side = 'assets' THEN l.closing ELSE -l.closing END), 'FM999G999G990D00') AS closing,
       CASE
         WHEN coalesce(sum(l.before), 0) = 0 THEN 'n/a'
         ELSE to_char((sum(l.closing) / sum(l.before) - 1) * 100, 'FMSG990D0') || ' %'
       END AS against_last_year
FROM lines l
GROUP BY GROUPING SETS ((l.side, l.position), (l.side))
ORDER BY min(l.sort) + 100 * grouping(l.position), l.side;
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

-- Blogs and pages, as people write it.
SELECT p.id, p.title, u.name AS author, p.published_at, count(c.id) AS comments
FROM posts p
JOIN users u ON u.id = p.author_id
LEFT JOIN comments c ON c.post_id = p.id AND c.state = 'approved'
WHERE p.published_at <= now()
GROUP BY p.id, u.name
ORDER BY p.published_at DESC
LIMIT 10 OFFSET 20;
WITH RECURSIVE thread AS (
  SELECT id, parent_id, author, body, created_at, ARRAY[created_at] AS path, 0 AS depth
  FROM comments
  WHERE post_id = $1 AND parent_id IS NULL AND state = 'approved'
  UNION ALL
  SELECT c.id, c.parent_id, c.author, c.body, c.created_at, t.path || c.created_at, t.depth + 1
  FROM comments c
  JOIN thread t ON c.parent_id = t.id
  WHERE c.state = 'approved' AND t.depth < 6
)
SELECT id, repeat('> ', depth) || author AS author, body, created_at
FROM thread
ORDER BY path;
SELECT tag, count(*) AS posts, round(ln(count(*)) * 4) + 10 AS font_size
FROM posts, unnest(tags) AS tag
WHERE state = 'published'
GROUP BY tag
HAVING count(*) > 1
ORDER BY tag;
SELECT q.id, q.slug, count(*) AS shared
FROM post_tags a
JOIN post_tags b ON b.tag_id = a.tag_id AND b.post_id <> a.post_id
JOIN posts q ON q.id = b.post_id AND q.published_at IS NOT NULL
WHERE a.post_id = 311
GROUP BY q.id, q.slug
ORDER BY shared DESC, max(q.published_at) DESC
LIMIT 4;
(SELECT id, title, 'next' AS which FROM posts WHERE published_at > $1 ORDER BY published_at LIMIT 1)
UNION ALL
(SELECT id, title, 'previous' FROM posts WHERE published_at < $1 ORDER BY published_at DESC LIMIT 1);
SELECT to_char(published_at, 'FMMonth YYYY') AS month, count(*) FROM posts WHERE state = 'published' GROUP BY date_trunc('month', published_at), 1 ORDER BY date_trunc('month', published_at) DESC;
SELECT path, sum(hits) AS hits, sum(hits) FILTER (WHERE day > current_date - 7) AS week,
       round(100.0 * sum(hits) / sum(sum(hits)) OVER (), 2) AS share
FROM page_hits
WHERE day > current_date - 90 AND path NOT LIKE '/admin/%'
GROUP BY path
ORDER BY hits DESC
FETCH FIRST 25 ROWS WITH TIES;
SELECT a.slug, a.title, b.title AS german
FROM pages a
LEFT JOIN pages b ON b.translation_of = a.id AND b.locale = 'de'
WHERE a.locale = 'en' AND (b.id IS NULL OR b.updated_at < a.updated_at);
SELECT substring(referrer FROM 'https?://([^/]+)') AS site, count(*) FROM visits WHERE referrer <> '' AND at >= now() - interval '1 day' GROUP BY site ORDER BY count DESC LIMIT 15;
SELECT id, title, length(body) - length(replace(body, ' ', '')) + 1 AS words, ceil((length(body) - length(replace(body, ' ', '')) + 1) / 220.0) AS minutes FROM posts WHERE id = $1;
SELECT r.number, r.created_at, u.name, length(r.body) - lag(length(r.body), 1, 0) OVER (ORDER BY r.number) AS grew
FROM revisions r LEFT JOIN users u ON u.id = r.editor_id
WHERE r.post_id = 311
ORDER BY r.number DESC;
SELECT m.id, m.path FROM media m WHERE NOT EXISTS (SELECT 1 FROM posts p WHERE p.body LIKE '%' || m.path || '%' OR p.cover_id = m.id);
SELECT '<item><title>' || replace(replace(p.title, '&', '&amp;'), '<', '&lt;') || '</title><pubDate>' || to_char(p.published_at AT TIME ZONE 'GMT', 'Dy, DD Mon YYYY HH24:MI:SS') || ' GMT</pubDate></item>' AS item FROM posts p ORDER BY p.published_at DESC LIMIT 20;
SELECT body->'blocks'->0->>'type' AS first_block, jsonb_array_length(body->'blocks') AS blocks FROM documents WHERE body @? '$.blocks[*] ? (@.type == "video")';
SELECT b.id, x.ordinality AS position, x.block->>'type' AS type, left(x.block->>'text', 60) AS text
FROM documents b, jsonb_array_elements(b.body->'blocks') WITH ORDINALITY AS x(block, ordinality)
WHERE b.id = $1
ORDER BY x.ordinality;
SELECT u.id, u.name, max(p.published_at) AS last_post, now() - max(p.published_at) > interval '6 months' AS dormant FROM users u JOIN posts p ON p.author_id = u.id GROUP BY u.id;
SELECT slug FROM posts WHERE slug ~ ('^' || $1 || '(-[0-9]+)?$') ORDER BY length(slug) DESC, slug DESC LIMIT 1;
SELECT s.email, s.token FROM subscribers s WHERE s.confirmed_at IS NOT NULL AND s.unsubscribed_at IS NULL AND s.id > $1 ORDER BY s.id LIMIT 1000;
SELECT n.*, c.path AS breadcrumbs FROM nodes n JOIN LATERAL (SELECT string_agg(p.title, ' › ' ORDER BY p.lft) AS path FROM nodes p WHERE n.lft BETWEEN p.lft AND p.rgt) c ON true WHERE n.slug = 'imprint';
SELECT count(*) = 0 AS free FROM posts WHERE lower(slug) = lower($1) AND id IS DISTINCT FROM $2;
select p.title, coalesce(p.meta_description, substr(p.body, 1, 155)) as description from posts p where p.slug = 'hello-world';
SELECT experiment, variant, count(*) AS seen, count(*) FILTER (WHERE clicked) AS clicked, avg(clicked::int)::numeric(5,4) AS rate, sqrt(avg(clicked::int) * (1 - avg(clicked::int)) / count(*)) AS error FROM exposures GROUP BY 1, 2 ORDER BY 1, 2;
SELECT array_to_json(array_agg(row_to_json(t))) FROM (SELECT id, title, slug FROM posts WHERE featured ORDER BY featured_at DESC LIMIT 3) t;
SELECT date_trunc('hour', at) AS hour, count(*) AS views, count(DISTINCT visitor) AS visitors, count(*)::float / count(DISTINCT visitor) AS depth FROM visits WHERE at > now() - '48 hours'::interval GROUP BY 1 ORDER BY 1;
SELECT w.word, w.ndoc FROM word_statistics w WHERE w.word !~ '^[0-9]' AND length(w.word) BETWEEN 4 AND 20 ORDER BY w.ndoc DESC LIMIT 200;
SELECT site_id, domain FROM domains WHERE domain IN ($1, 'www.' || $1) ORDER BY domain = $1 DESC LIMIT 1;
SELECT p.id, p.title FROM posts p WHERE p.author_id = 3 EXCEPT ALL SELECT p.id, p.title FROM posts p JOIN archived_posts a USING (id) ORDER BY id;
SELECT CASE state WHEN 'draft' THEN 'Draft' WHEN 'review' THEN 'In review' WHEN 'published' THEN 'Published' END AS state, count(*), json_object_agg(id, title) AS posts FROM posts GROUP BY posts.state;
SELECT session, min(at) AS entered, max(at) AS left, (array_agg(path ORDER BY at))[1] AS landing, (array_agg(path ORDER BY at DESC))[1] AS exit
FROM (
  SELECT visitor, at, path, visitor || '-' || sum(new) OVER (PARTITION BY visitor ORDER BY at) AS session
  FROM (
    SELECT visitor, at, path, CASE WHEN at - lag(at) OVER (PARTITION BY visitor ORDER BY at) < interval '30 minutes' THEN 0 ELSE 1 END AS new
    FROM visits
  ) marked
) sessions
GROUP BY session;
SELECT t.relname, t.n_live_tup, t.n_dead_tup, t.last_autovacuum FROM pg_stat_user_tables t WHERE t.schemaname = 'public' ORDER BY t.n_dead_tup DESC LIMIT 10;
SELECT name FROM categories c WHERE EXISTS (SELECT 1 FROM posts p WHERE p.category_id = c.id HAVING count(*) >= 3) ORDER BY c.name COLLATE "de-x-icu";
INSERT INTO posts (title, slug, body, author_id, tags, state) VALUES ('Hello, world', 'hello-world', $body$First post. It's short; more "soon".$body$, 3, ARRAY['meta'], 'draft') RETURNING id;
INSERT INTO page_hits (day, path, hits) VALUES (current_date, $1, 1) ON CONFLICT (day, path) DO UPDATE SET hits = page_hits.hits + 1;
INSERT INTO tags (name)
SELECT DISTINCT lower(trim(t)) FROM regexp_split_to_table($1, ',') AS t WHERE trim(t) <> ''
ON CONFLICT (name) DO UPDATE SET name = excluded.name
RETURNING id, name;
INSERT INTO redirects (from_path, to_path) VALUES ('/2019/05/old-post', '/posts/old-post'), ('/feed.xml', '/rss'), ('/about-us', '/about'), ('/index.php', '/');
INSERT INTO settings (key, value) VALUES ('theme', '"paper"'), ('menu', '[{"title": "Home", "href": "/"}, {"title": "About", "href": "/about"}]'), ('comments', '{"open": true, "days": 30}') ON CONFLICT (key) DO NOTHING;
INSERT INTO revisions (post_id, number, editor_id, body) SELECT id, revision + 1, $2, body FROM posts WHERE id = $1 RETURNING number;
UPDATE posts SET state = 'published', published_at = coalesce(published_at, now()) WHERE state = 'scheduled' AND publish_on <= now() RETURNING id, slug;
UPDATE posts SET body = replace(body, 'http://example.org/', 'https://example.org/'), updated_at = now() WHERE body LIKE '%http://example.org/%';
WITH numbered AS (SELECT id, row_number() OVER (PARTITION BY menu_id ORDER BY position, id) AS n FROM menu_items)
UPDATE menu_items m SET position = n.n FROM numbered n WHERE n.id = m.id AND m.position <> n.n;
UPDATE users SET preferences = preferences - 'beta' || '{"editor": "markdown"}'::jsonb WHERE preferences ? 'beta';
UPDATE subscribers SET unsubscribed_at = now() WHERE token = $1 AND unsubscribed_at IS NULL RETURNING email;
DELETE FROM comments WHERE state = 'spam' AND created_at < now() - interval '15 days';
WITH RECURSIVE doomed AS (
  SELECT id FROM comments WHERE id = $1
  UNION ALL
  SELECT c.id FROM comments c JOIN doomed d ON c.parent_id = d.id
)
DELETE FROM comments WHERE id IN (SELECT id FROM doomed) RETURNING id;
DELETE FROM revisions r USING (SELECT post_id, max(number) - 20 AS keep_from FROM revisions GROUP BY post_id) k WHERE k.post_id = r.post_id AND r.number < k.keep_from;
CREATE TABLE posts (
  id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site_id      integer NOT NULL DEFAULT 1 REFERENCES sites ON DELETE CASCADE,
  author_id    integer REFERENCES users ON DELETE SET NULL,
  slug         text NOT NULL CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  title        text NOT NULL,
  body         text NOT NULL DEFAULT '',
  tags         text[] NOT NULL DEFAULT ARRAY[]::text[],
  state        text NOT NULL DEFAULT 'draft',
  published_at timestamptz,
  search       tsvector GENERATED ALWAYS AS (to_tsvector('english', title || ' ' || body)) STORED,
  UNIQUE (site_id, slug),
  CONSTRAINT published_has_a_date CHECK (state <> 'published' OR published_at IS NOT NULL)
);
CREATE INDEX posts_feed ON posts (site_id, published_at DESC NULLS LAST) WHERE state = 'published';
CREATE VIEW post_list (id, title, author, comments) AS
  SELECT p.id, p.title, u.name, (SELECT count(*) FROM comments c WHERE c.post_id = p.id)
  FROM posts p LEFT JOIN users u ON u.id = p.author_id;
ALTER TABLE comments ADD COLUMN IF NOT EXISTS ip inet;
SHOW server_version;

-- Telemetry, as services with pgx send it.
SELECT id, name, kind, location, labels, created_at FROM devices WHERE id = $1;
SELECT id, name, kind FROM devices WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY name LIMIT $2 OFFSET $3;
SELECT time, value FROM samples WHERE series_id = $1 AND time >= $2 AND time < $3 ORDER BY time;
SELECT date_bin($1::interval, time, '2000-01-01'::timestamptz) AS bucket, avg(value), min(value), max(value), count(*) FROM samples WHERE series_id = $2 AND time >= $3 AND time < $4 GROUP BY bucket ORDER BY bucket;
SELECT series_id, last(value ORDER BY time) AS value, max(time) AS time FROM samples WHERE series_id = ANY($1) GROUP BY series_id;
SELECT DISTINCT ON (device_id) device_id, time, battery, rssi FROM heartbeats WHERE device_id = ANY($1::uuid[]) ORDER BY device_id, time DESC;
SELECT id FROM series WHERE metric = $1 AND labels @> $2::jsonb;
SELECT a.id, a.rule_id, a.state, a.since, r.expr, r.severity FROM alerts a JOIN alert_rules r ON r.id = a.rule_id WHERE a.tenant_id = $1 AND a.state = ANY($2::text[]) ORDER BY r.severity DESC, a.since;
SELECT count(*) FILTER (WHERE last_seen > now() - $2::interval) AS online, count(*) AS total FROM devices WHERE tenant_id = $1;
SELECT level, count(*) FROM logs WHERE service = $1 AND time > now() - interval '15 minutes' GROUP BY level;
SELECT time, level, message, attrs FROM logs WHERE tenant_id = $1 AND ($2 = '' OR service = $2) AND ($3::timestamptz IS NULL OR time < $3) ORDER BY time DESC, id DESC LIMIT $4;
SELECT trace_id, span_id, parent_span_id, name, started_at, duration_us, status FROM spans WHERE trace_id = $1 ORDER BY started_at, span_id;
SELECT service, percentile_disc(0.99) WITHIN GROUP (ORDER BY duration_us) AS p99, count(*) FILTER (WHERE status = 2)::float8 / count(*) AS errors FROM spans WHERE parent_span_id IS NULL AND started_at >= $1 GROUP BY service;
SELECT id, payload FROM ingest_queue WHERE claimed_at IS NULL ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED;
SELECT pg_advisory_xact_lock(hashtext($1));
SELECT version, dirty FROM schema_version LIMIT 1;
SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename LIKE 'samples\_%';
SELECT c.oid, c.relname, pg_total_relation_size(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p');
SELECT t.oid, t.typname FROM pg_type t WHERE t.typname = $1 AND t.typelem = 0;
SELECT 1;
SELECT token_hash, scopes, expires_at FROM api_tokens WHERE prefix = $1 AND (expires_at IS NULL OR expires_at > now()) AND revoked_at IS NULL;
SELECT s.id, s.metric, d.name FROM series s INNER JOIN devices d ON d.id = s.device_id WHERE d.tenant_id = $1 AND d.labels ->> 'site' = $2 AND s.unit IS NOT NULL;
SELECT coalesce(sum(bytes), 0)::bigint FROM ingest_usage WHERE tenant_id = $1 AND day BETWEEN $2 AND $3;
SELECT EXISTS (SELECT FROM maintenance_windows WHERE device_id = $1 AND $2 <@ tstzrange(starts_at, ends_at));
SELECT u.series_id, u.value FROM unnest($1::bigint[], $2::float8[]) AS u(series_id, value) LEFT JOIN series s ON s.id = u.series_id WHERE s.id IS NULL;
SELECT firmware, count(*) AS devices FROM devices WHERE kind = $1 GROUP BY firmware ORDER BY string_to_array(firmware, '.')::int[] DESC;
SELECT d.id, d.name, h.time FROM devices d LEFT JOIN LATERAL (SELECT time FROM heartbeats WHERE device_id = d.id ORDER BY time DESC LIMIT 1) h ON true WHERE d.tenant_id = $1 AND (h.time IS NULL OR h.time < now() - interval '10 minutes');
SELECT min(time), max(time), count(*) FROM samples WHERE series_id = $1;
SELECT key, value FROM config WHERE scope IN ('global', $1) ORDER BY scope = 'global' DESC;
SELECT id, name, query, position FROM panels WHERE dashboard_id = $1 ORDER BY (position->>'y')::int, (position->>'x')::int;
SELECT value FROM samples WHERE series_id = $1 AND time <= $2 ORDER BY time DESC LIMIT 1;
INSERT INTO samples (series_id, time, value) SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::double precision[]);
INSERT INTO samples (series_id, time, value) VALUES ($1, $2, $3), ($4, $5, $6), ($7, $8, $9), ($10, $11, $12), ($13, $14, $15), ($16, $17, $18), ($19, $20, $21), ($22, $23, $24), ($25, $26, $27), ($28, $29, $30) ON CONFLICT (series_id, time) DO NOTHING;
INSERT INTO series (device_id, metric, labels, unit) VALUES ($1, $2, $3, $4) ON CONFLICT (device_id, metric, labels) DO UPDATE SET last_seen = now() RETURNING id;
INSERT INTO heartbeats (device_id, time, battery, rssi, uptime) VALUES ($1, now(), $2, $3, make_interval(secs => $4));
INSERT INTO devices (id, tenant_id, name, kind, labels) VALUES (gen_random_uuid(), $1, $2, $3, '{}'::jsonb) RETURNING id, created_at;
INSERT INTO alerts (rule_id, tenant_id, fingerprint, state, since, value) VALUES ($1, $2, $3, 'firing', $4, $5) ON CONFLICT (rule_id, fingerprint) WHERE resolved_at IS NULL DO UPDATE SET value = excluded.value, last_evaluated = now();
UPDATE devices SET last_seen = $2, firmware = COALESCE($3, firmware) WHERE id = $1;
UPDATE ingest_queue SET claimed_at = now(), worker = $2 WHERE id = ANY($1) AND claimed_at IS NULL RETURNING id, payload;
UPDATE alerts SET state = 'resolved', resolved_at = $3 WHERE rule_id = $1 AND NOT (fingerprint = ANY($2)) AND resolved_at IS NULL;
UPDATE schema_version SET version = $1, dirty = true;
UPDATE devices d SET labels = d.labels || p.labels FROM jsonb_to_recordset($1) AS p(id uuid, labels jsonb) WHERE d.id = p.id AND d.tenant_id = $2;
DELETE FROM ingest_queue WHERE id = ANY($1::bigint[]);
DELETE FROM samples WHERE ctid IN (SELECT ctid FROM samples WHERE time < $1 LIMIT $2);
DELETE FROM api_tokens WHERE id = $1 AND tenant_id = $2 RETURNING prefix;
CREATE TABLE IF NOT EXISTS samples (
	series_id bigint NOT NULL,
	time timestamptz NOT NULL,
	value double precision NOT NULL,
	PRIMARY KEY (series_id, time)
) PARTITION BY RANGE (time);
CREATE TABLE IF NOT EXISTS samples_2024_05 PARTITION OF samples FOR VALUES FROM ('2024-05-01 00:00:00+00') TO ('2024-06-01 00:00:00+00');
CREATE INDEX IF NOT EXISTS logs_time_brin ON logs USING brin (time) WITH (pages_per_range = 32);
ALTER TABLE devices ADD COLUMN site_id uuid REFERENCES sites (id), ADD COLUMN lat double precision, ADD COLUMN lon double precision;
begin isolation level repeatable read read only;
rollback;

-- Telemetry, as people write it.
WITH buckets AS (
  SELECT generate_series(date_trunc('hour', now()) - interval '24 hours', date_trunc('hour', now()), interval '1 hour') AS hour
)
SELECT b.hour, d.name, avg(s.value) AS average, max(s.value) AS highest
FROM buckets b
CROSS JOIN devices d
LEFT JOIN series r ON r.device_id = d.id AND r.metric = 'temperature'
LEFT JOIN samples s ON s.series_id = r.id AND s.time >= b.hour AND s.time < b.hour + interval '1 hour'
WHERE d.site_id = 4
GROUP BY b.hour, d.name
ORDER BY d.name, b.hour;
SELECT series_id, started, ended, ended - started AS lasted, readings
FROM (
  SELECT series_id, grp, min(time) AS started, max(time) AS ended, count(*) AS readings
  FROM (
    SELECT series_id, time, value > 80 AS hot,
           row_number() OVER (PARTITION BY series_id ORDER BY time)
             - row_number() OVER (PARTITION BY series_id, value > 80 ORDER BY time) AS grp
    FROM samples
    WHERE time > now() - interval '7 days'
  ) runs
  WHERE hot
  GROUP BY series_id, grp
) islands
WHERE ended - started >= interval '10 minutes'
ORDER BY lasted DESC;
SELECT time, value,
       avg(value) OVER (ORDER BY time RANGE BETWEEN '5 minutes' PRECEDING AND CURRENT ROW) AS moving_average,
       value - avg(value) OVER (ORDER BY time ROWS BETWEEN 20 PRECEDING AND 1 PRECEDING) AS deviation
FROM samples
WHERE series_id = 9001 AND time >= '2024-05-13 00:00+02'
ORDER BY time;
SELECT d.id, d.name, g.from_time, g.to_time
FROM devices d
JOIN LATERAL (
  SELECT time AS from_time, lead(time) OVER (ORDER BY time) AS to_time
  FROM heartbeats h
  WHERE h.device_id = d.id AND h.time > now() - interval '1 day'
) g ON g.to_time - g.from_time > interval '5 minutes'
ORDER BY d.name, g.from_time;
SELECT metric, count(*) AS series, pg_size_pretty(sum(points) * 24) AS about
FROM series
GROUP BY metric
HAVING sum(points) > 1e6
ORDER BY sum(points) DESC;
WITH RECURSIVE spans_down AS (
  SELECT span_id, parent_span_id, service, name, duration_us, 0 AS depth, ARRAY[started_at] AS path
  FROM spans WHERE trace_id = $1 AND parent_span_id IS NULL
  UNION ALL
  SELECT s.span_id, s.parent_span_id, s.service, s.name, s.duration_us, p.depth + 1, p.path || s.started_at
  FROM spans s JOIN spans_down p ON s.parent_span_id = p.span_id
  WHERE s.trace_id = $1
)
SELECT lpad('', depth * 2) || service || ': ' || name AS what, duration_us / 1000.0 AS ms,
       duration_us - coalesce((SELECT sum(c.duration_us) FROM spans c WHERE c.parent_span_id = d.span_id), 0) AS self_us
FROM spans_down d
ORDER BY path;
SELECT service, date_trunc('minute', time) AS minute, count(*) AS errors
FROM logs
WHERE level IN ('error', 'fatal') AND time > now() - interval '1 hour'
GROUP BY service, minute
HAVING count(*) > 3 * (SELECT avg(n) FROM (SELECT count(*) AS n FROM logs l WHERE l.level IN ('error', 'fatal') AND l.time > now() - interval '1 day' GROUP BY date_trunc('minute', l.time)) x);
SELECT regexp_replace(message, '[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+', '#', 'g') AS pattern, count(*), min(time) AS first, max(time) AS last
FROM logs
WHERE level = 'error' AND time > now() - interval '6 hours'
GROUP BY pattern
ORDER BY count(*) DESC
LIMIT 20;
SELECT time_bucket('15 minutes', time) AS quarter, approx_percentile(0.95, percentile_agg(latency_ms)) FROM requests WHERE route = '/api/orders' GROUP BY quarter ORDER BY quarter;
SELECT status / 100 * 100 AS class, count(*), sum(bytes) FROM requests WHERE at BETWEEN now() - interval '5 min' AND now() GROUP BY class;
SELECT c.series_id, c.delta / extract(epoch FROM c.step) AS per_second FROM (SELECT series_id, time - lag(time) OVER w AS step, CASE WHEN value < lag(value) OVER w THEN value ELSE value - lag(value) OVER w END AS delta FROM counters WINDOW w AS (PARTITION BY series_id ORDER BY time)) c WHERE c.step > interval '0';
SELECT host, cpu, mem, disk FROM crosstab('SELECT host, metric, value FROM latest ORDER BY 1, 2', $$VALUES ('cpu'), ('mem'), ('disk')$$) AS ct(host text, cpu float8, mem float8, disk float8);
SELECT d.name, b.battery, b.battery - first_value(b.battery) OVER (PARTITION BY d.id ORDER BY b.time) AS drained FROM devices d JOIN heartbeats b ON b.device_id = d.id WHERE b.time >= current_date AND d.kind = 'tracker';
SELECT date_trunc('day', time) AS day, sum(kwh) AS kwh, sum(kwh * CASE WHEN extract(hour FROM time AT TIME ZONE 'Europe/Vienna') BETWEEN 6 AND 21 THEN 0.31 ELSE 0.22 END)::numeric(10,2) AS cost FROM meter_readings WHERE meter = 'M-1180' GROUP BY day ORDER BY day;
SELECT a.device_id, a.time, a.value AS temperature, b.value AS humidity FROM readings a JOIN readings b ON b.device_id = a.device_id AND b.time = a.time AND b.metric = 'humidity' WHERE a.metric = 'temperature' AND a.value > 30 AND b.value < 20;
SELECT count(*) FROM samples WHERE value = 'NaN' OR value IN ('Infinity', '-Infinity');
SELECT id, name FROM devices WHERE location <@ box '((5.8,47.2),(15.1,55.1))' ORDER BY location <-> point '(13.4,52.5)' LIMIT 10;
SELECT network(set_masklen(ip, 24)) AS net, count(*) AS hits FROM requests WHERE ip << inet '10.0.0.0/8' GROUP BY net ORDER BY hits DESC;
SELECT rule, severity, count(*) FILTER (WHERE resolved_at IS NULL) AS firing, avg(resolved_at - since) FILTER (WHERE resolved_at IS NOT NULL) AS mean_time_to_resolve FROM alerts GROUP BY ROLLUP (severity, rule) HAVING grouping(severity) = 0;
SELECT 100.0 * (1 - sum(extract(epoch FROM least(resolved_at, now()) - greatest(since, date_trunc('month', now())))) / extract(epoch FROM now() - date_trunc('month', now()))) AS availability FROM outages WHERE coalesce(resolved_at, now()) > date_trunc('month', now());
SELECT attrs->>'user_agent' AS agent, count(*) FROM logs WHERE attrs ?& '{user_agent,route}' AND attrs->>'route' LIKE '/login%' GROUP BY 1 ORDER BY 2 DESC LIMIT 10;
SELECT s.series_id, s.time, s.value FROM samples s JOIN (SELECT series_id, avg(value) AS mean, stddev_pop(value) AS dev FROM samples WHERE time > now() - interval '30 days' GROUP BY series_id) m ON m.series_id = s.series_id WHERE s.time > now() - interval '1 hour' AND m.dev > 0 AND abs(s.value - m.mean) / m.dev > 4;
SELECT coalesce(t.host, y.host) AS host, t.requests AS today, y.requests AS yesterday FROM (SELECT host, count(*) AS requests FROM requests WHERE at >= current_date GROUP BY host) t FULL JOIN (SELECT host, count(*) AS requests FROM requests WHERE at >= current_date - 1 AND at < current_date GROUP BY host) y ON y.host = t.host ORDER BY 2 DESC NULLS LAST;
SELECT route, width_bucket(latency_ms, ARRAY[0, 10, 50, 100, 500, 1000]::float8[]) AS bucket, count(*) FROM requests WHERE at > now() - interval '10 minutes' GROUP BY 1, 2;
SELECT to_timestamp(floor(extract(epoch FROM at) / 300) * 300) AS five_minutes, count(*) FROM requests GROUP BY 1 ORDER BY 1 DESC LIMIT 12;
SELECT get_byte(payload, 0) & 15 AS version, encode(substring(payload FROM 2 FOR 4), 'hex') AS address, (get_byte(payload, 5) << 8) | get_byte(payload, 6) AS raw FROM frames WHERE received_at > $1;
SELECT pid, usename, state, wait_event_type, now() - query_start AS running, left(query, 100) AS query FROM pg_stat_activity WHERE state <> 'idle' AND pid <> pg_backend_pid() ORDER BY query_start;
EXPLAIN (ANALYZE, BUFFERS) SELECT max(value) FROM samples WHERE series_id = 9001 AND time > now() - interval '1 day';
SELECT last_value(value) OVER (PARTITION BY series_id ORDER BY time ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS latest, * FROM samples WHERE time > now() - interval '1 minute';
SELECT i.name, i.version, count(d.id) FILTER (WHERE d.firmware < i.version) AS behind FROM firmware_images i LEFT JOIN devices d ON d.kind = i.kind WHERE i.released_at = (SELECT max(x.released_at) FROM firmware_images x WHERE x.kind = i.kind) GROUP BY i.name, i.version;
SELECT corr(a.value, b.value) AS correlation FROM samples a, samples b WHERE a.series_id = 1 AND b.series_id = 2 AND b.time BETWEEN a.time - interval '30 seconds' AND a.time + interval '30 seconds';
INSERT INTO samples_hourly (series_id, hour, n, sum, min, max)
SELECT series_id, date_trunc('hour', time), count(*), sum(value), min(value), max(value)
FROM samples
WHERE time >= $1 AND time < $2
GROUP BY 1, 2
ON CONFLICT (series_id, hour) DO UPDATE
SET n = excluded.n, sum = excluded.sum, min = least(samples_hourly.min, excluded.min), max = greatest(samples_hourly.max, excluded.max);
INSERT INTO readings (device_id, time, metric, value) VALUES
(4101, '2024-05-13 06:00:00+00', 'temperature', 18.2), (4101, '2024-05-13 06:05:00+00', 'temperature', 18.4),
(4101, '2024-05-13 06:10:00+00', 'temperature', 18.5), (4101, '2024-05-13 06:15:00+00', 'temperature', 18.9),
(4101, '2024-05-13 06:20:00+00', 'temperature', 19.3), (4101, '2024-05-13 06:25:00+00', 'temperature', 19.6),
(4101, '2024-05-13 06:30:00+00', 'temperature', 19.8), (4101, '2024-05-13 06:35:00+00', 'temperature', 20.3),
(4101, '2024-05-13 06:40:00+00', 'temperature', 20.7), (4101, '2024-05-13 06:45:00+00', 'temperature', 21.0),
(4101, '2024-05-13 06:50:00+00', 'temperature', 21.1), (4101, '2024-05-13 06:55:00+00', 'temperature', 21.4),
(4101, '2024-05-13 07:00:00+00', 'temperature', 21.6), (4101, '2024-05-13 07:05:00+00', 'temperature', NULL),
(4102, '2024-05-13 06:00:00+00', 'temperature', 17.1), (4102, '2024-05-13 06:05:00+00', 'temperature', 17.1),
(4102, '2024-05-13 06:10:00+00', 'temperature', 17.3), (4102, '2024-05-13 06:15:00+00', 'temperature', 17.2),
(4102, '2024-05-13 06:20:00+00', 'temperature', 17.6), (4102, '2024-05-13 06:25:00+00', 'temperature', 17.9),
(4102, '2024-05-13 06:30:00+00', 'temperature', 18.0), (4102, '2024-05-13 06:35:00+00', 'temperature', 18.4),
(4102, '2024-05-13 06:40:00+00', 'temperature', 18.4), (4102, '2024-05-13 06:45:00+00', 'temperature', 18.9),
(4102, '2024-05-13 06:50:00+00', 'temperature', 19.2), (4102, '2024-05-13 06:55:00+00', 'temperature', 19.1),
(4102, '2024-05-13 07:00:00+00', 'temperature', 19.5), (4102, '2024-05-13 07:05:00+00', 'temperature', 19.7),
(4107, '2024-05-13 06:00:00+00', 'humidity', 61), (4107, '2024-05-13 06:05:00+00', 'humidity', 61),
(4107, '2024-05-13 06:10:00+00', 'humidity', 60), (4107, '2024-05-13 06:15:00+00', 'humidity', 60),
(4107, '2024-05-13 06:20:00+00', 'humidity', 58), (4107, '2024-05-13 06:25:00+00', 'humidity', 57),
(4107, '2024-05-13 06:30:00+00', 'humidity', 57), (4107, '2024-05-13 06:35:00+00', 'humidity', 55),
(4107, '2024-05-13 06:40:00+00', 'humidity', 54), (4107, '2024-05-13 06:45:00+00', 'humidity', 54),
(4107, '2024-05-13 06:50:00+00', 'humidity', 53), (4107, '2024-05-13 06:55:00+00', 'humidity', 51),
(4107, '2024-05-13 07:00:00+00', 'humidity', 50), (4107, '2024-05-13 07:05:00+00', 'humidity', 50),
(4110, '2024-05-13 06:00:00+00', 'pressure', 1013.25), (4110, '2024-05-13 06:15:00+00', 'pressure', 1013.4),
(4110, '2024-05-13 06:30:00+00', 'pressure', 1013.6), (4110, '2024-05-13 06:45:00+00', 'pressure', 1013.9),
(4110, '2024-05-13 07:00:00+00', 'pressure', 1014.1), (4110, '2024-05-13 07:15:00+00', 'pressure', 1014.1),
(4110, '2024-05-13 07:30:00+00', 'pressure', 1014.3), (4110, '2024-05-13 07:45:00+00', 'pressure', 1.0142e3);
INSERT INTO alert_rules (tenant_id, name, expr, for_time, severity) VALUES ($1, 'Battery low', 'battery < 15', interval '30 minutes', 'warning'), ($1, 'Silent', 'absent(heartbeat)', interval '10 minutes', 'critical');
INSERT INTO logs (time, service, level, message, attrs) VALUES (now(), 'gateway', 'info', E'started\tpid=4182\nlistening', jsonb_build_object('pid', 4182, 'port', 8443));
INSERT INTO device_groups (name, device_ids) SELECT 'site ' || site_id, array_agg(id ORDER BY name) FROM devices GROUP BY site_id RETURNING id;
UPDATE devices SET status = CASE WHEN last_seen > now() - interval '5 minutes' THEN 'online' WHEN last_seen > now() - interval '1 day' THEN 'idle' ELSE 'lost' END WHERE status IS DISTINCT FROM CASE WHEN last_seen > now() - interval '5 minutes' THEN 'online' WHEN last_seen > now() - interval '1 day' THEN 'idle' ELSE 'lost' END;
UPDATE readings r SET value = (r.value - 32) * 5 / 9, unit = 'C' FROM devices d WHERE d.id = r.device_id AND d.kind = 'TH-10' AND r.unit = 'F';
UPDATE series SET points = c.n FROM (SELECT series_id, count(*) AS n FROM samples GROUP BY series_id) c WHERE c.series_id = series.id AND series.points <> c.n;
UPDATE alert_rules SET muted_until = greatest(muted_until, now() + $2::interval) WHERE id = $1;
DELETE FROM logs WHERE time < now() - interval '14 days' AND level IN ('debug', 'info');
WITH moved AS (DELETE FROM samples WHERE time < date_trunc('month', now()) - interval '1 year' RETURNING series_id, time, value)
INSERT INTO samples_cold SELECT series_id, date_trunc('hour', time), avg(value) FROM moved GROUP BY 1, 2;
DELETE FROM devices d WHERE d.id NOT IN (SELECT device_id FROM series WHERE device_id IS NOT NULL) AND d.created_at < now() - interval '1 year';
CREATE TABLE logs (
  id      bigserial,
  time    timestamptz NOT NULL DEFAULT now(),
  service text NOT NULL,
  level   text NOT NULL CHECK (level = ANY (ARRAY['debug', 'info', 'warn', 'error', 'fatal'])),
  message text NOT NULL,
  attrs   jsonb,
  PRIMARY KEY (time, id)
) PARTITION BY RANGE (time);
CREATE TABLE sample_stats AS SELECT series_id, min(time) AS first, max(time) AS last, count(*) AS n FROM samples GROUP BY series_id;
CREATE INDEX ON samples (series_id, time DESC);
TRUNCATE TABLE ingest_queue, ingest_errors RESTART IDENTITY;
SET TIME ZONE 'UTC';

-- Bookings, as Prisma and Drizzle send it.
select "id", "property_id", "name", "capacity", "base_price", "currency" from "rooms" where "rooms"."id" = $1 limit $2;
select "rooms"."id", "rooms"."name", "properties"."name", "properties"."city" from "rooms" inner join "properties" on "rooms"."property_id" = "properties"."id" where ("properties"."city" = $1 and "rooms"."capacity" >= $2 and "rooms"."active" = $3) order by "rooms"."base_price" limit $4 offset $5;
select "id", "name" from "rooms" where not exists (select 1 from "bookings" where ("bookings"."room_id" = "rooms"."id" and "bookings"."state" in ($1, $2) and "bookings"."check_in" < $3 and "bookings"."check_out" > $4)) and "rooms"."property_id" = $5;
select count(*) from "bookings" where ("bookings"."guest_id" = $1 and "bookings"."state" <> $2);
select "bookings"."id", "bookings"."check_in", "bookings"."check_out", "bookings"."state", "bookings_room"."data" as "room", "bookings_guest"."data" as "guest" from "bookings" left join lateral (select json_build_array("bookings_room"."id", "bookings_room"."name", "bookings_room"."capacity") as "data" from (select * from "rooms" "bookings_room" where "bookings_room"."id" = "bookings"."room_id" limit $1) "bookings_room") "bookings_room" on true left join lateral (select json_build_array("bookings_guest"."id", "bookings_guest"."email") as "data" from (select * from "guests" "bookings_guest" where "bookings_guest"."id" = "bookings"."guest_id" limit $2) "bookings_guest") "bookings_guest" on true where "bookings"."id" = $3 limit $4;
select "properties"."id", "properties"."name", coalesce("p_rooms"."data", '[]'::json) as "rooms" from "properties" left join lateral (select coalesce(json_agg(json_build_array("r"."id", "r"."name", "r"."base_price") order by "r"."name" asc), '[]'::json) as "data" from "rooms" "r" where "r"."property_id" = "properties"."id") "p_rooms" on true order by "properties"."name" desc limit $1;
select "state", count(*)::int, sum("total")::numeric from "bookings" where "bookings"."created_at" between $1 and $2 group by "bookings"."state" having count(*) > $3;
select distinct "city" from "properties" where "properties"."country" = $1 and "properties"."published_at" is not null order by "properties"."city";
select distinct on ("room_id") "room_id", "price", "valid_from" from "rates" where "rates"."valid_from" <= $1 order by "rates"."room_id", "rates"."valid_from" desc;
with "available" as (select "room_id", min("allotment" - "sold") as "left" from "calendar" where ("calendar"."day" >= $1 and "calendar"."day" < $2) group by "calendar"."room_id" having count(*) = $3) select "rooms"."id", "rooms"."name", "left" from "rooms" inner join "available" on "rooms"."id" = "available"."room_id" where "left" > 0;
select "id", "email", "password_hash" from "guests" where lower("guests"."email") = $1;
select "amenities"."id", "amenities"."icon" from "amenities" inner join "room_amenities" on ("room_amenities"."amenity_id" = "amenities"."id" and "room_amenities"."room_id" = $1) where "amenities"."label" ilike $2;
select "id", "name", 6371 * acos(least(1, cos(radians($1)) * cos(radians("lat")) * cos(radians("lon") - radians($2)) + sin(radians($1)) * sin(radians("lat")))) as "distance" from "properties" where "lat" between $3 and $4 and "lon" between $5 and $6 order by "distance" limit 30;
(select "id", "check_in" as "at", 'arrival' as "kind" from "bookings" where "bookings"."check_in" = $1) union all (select "id", "check_out" as "at", 'departure' as "kind" from "bookings" where "bookings"."check_out" = $2) order by "kind", "id";
select "bookings"."id" from "bookings" where ("bookings"."id" > $1 and "bookings"."property_id" = $2) order by "bookings"."id" asc limit $3 for update skip locked;
SELECT "public"."Slot"."id", "public"."Slot"."startsAt", "public"."Slot"."endsAt", "public"."Slot"."staffId" FROM "public"."Slot" WHERE ("public"."Slot"."staffId" IN ($1,$2) AND "public"."Slot"."startsAt" >= $3 AND "public"."Slot"."startsAt" < $4 AND ("public"."Slot"."id") NOT IN (SELECT "t1"."slotId" FROM "public"."Appointment" AS "t1" WHERE ("t1"."cancelledAt" IS NULL AND "t1"."slotId" IS NOT NULL))) ORDER BY "public"."Slot"."startsAt" ASC OFFSET $5;
SELECT "public"."Appointment"."id", "public"."Appointment"."slotId", "public"."Appointment"."customerId", "public"."Appointment"."note", "public"."Appointment"."cancelledAt" FROM "public"."Appointment" WHERE ("public"."Appointment"."id" = $1 AND 1=1) LIMIT $2 OFFSET $3;
SELECT "public"."Appointment"."id", "orderby_1_Customer"."name" FROM "public"."Appointment" LEFT JOIN "public"."Customer" AS "orderby_1_Customer" ON ("public"."Appointment"."customerId") = ("orderby_1_Customer"."id") WHERE "public"."Appointment"."cancelledAt" IS NULL ORDER BY "orderby_1_Customer"."name" ASC, "public"."Appointment"."id" DESC LIMIT $1 OFFSET $2;
SELECT COUNT("id"), "staffId", DATE_TRUNC('week', "startsAt")::date::text AS "week" FROM "Slot" WHERE "startsAt" > NOW() - INTERVAL '3 months' GROUP BY "staffId", "week" ORDER BY "week" DESC;
SELECT "t0"."id", "t0"."name", (SELECT COALESCE(SUM("t1"."seats"), 0) FROM "public"."Reservation" AS "t1" WHERE ("t1"."eventId" = "t0"."id" AND "t1"."state" <> $1)) AS "taken" FROM "public"."Event" AS "t0" WHERE "t0"."startsAt" > $2 ORDER BY "t0"."startsAt" ASC LIMIT $3;
SELECT "public"."Event"."id" FROM "public"."Event" WHERE ("public"."Event"."title" LIKE $1 AND "public"."Event"."venueId" <> $2 AND ("public"."Event"."price" <= $3 OR "public"."Event"."price" IS NULL));
SELECT "public"."Customer"."id", "public"."Customer"."name" FROM "public"."Customer" WHERE ("public"."Customer"."id") IN (SELECT "t1"."customerId" FROM "public"."Appointment" AS "t1" INNER JOIN "public"."Slot" AS "j1" ON ("j1"."id") = ("t1"."slotId") WHERE ("j1"."startsAt" >= $1 AND "t1"."customerId" IS NOT NULL));
SELECT AVG("stars")::float AS "average", COUNT(*) AS "n", COUNT(*) FILTER (WHERE "text" <> '') AS "with_text" FROM "Rating" WHERE "propertyId" = $1 AND "hidden" = false;
select "seats"."row", "seats"."number", "seats"."category", "tickets"."id" is not null as "taken" from "seats" left join "tickets" on ("tickets"."seat_id" = "seats"."id" and "tickets"."show_id" = $1) where "seats"."hall_id" = $2 order by "seats"."row", "seats"."number";
select "id", "holds"."expires_at" - now() as "remaining" from "holds" where ("holds"."session_id" = $1 and "holds"."expires_at" > now());
select "d"."day", coalesce("c"."price", "r"."base_price") as "price" from generate_series($1::date, $2::date - 1, interval '1 day') as "d"("day") cross join "rooms" as "r" left join "calendar" as "c" on "c"."room_id" = "r"."id" and "c"."day" = "d"."day"::date where "r"."id" = $3 order by "d"."day";
select "code", "percent" from "vouchers" where ("vouchers"."code" = upper($1) and "vouchers"."valid" @> now()::date and ("vouchers"."uses_left" is null or "vouchers"."uses_left" > $2));
select row_number() over (order by "requested_at") as "place", "guest_id" from "waitlist" where "waitlist"."show_id" = $1 and "waitlist"."served_at" is null;
select "properties"."id", "properties"."policies"->>'cancellation' as "cancellation" from "properties" where ("properties"."policies"->'pets')::boolean is true and "properties"."stars" = any($1::int[]);
select "b"."id", greatest("b"."check_out" - "b"."check_in", 1) * "b"."nightly" - coalesce(sum("p"."amount"), 0) as "due" from "bookings" "b" left join "payments" "p" on "p"."booking_id" = "b"."id" where "b"."state" = $1 group by "b"."id" having greatest("b"."check_out" - "b"."check_in", 1) * "b"."nightly" > coalesce(sum("p"."amount"), 0);
select max("updated_at") from "calendar" where "calendar"."room_id" in ($1, $2, $3);
insert into "bookings" ("id", "room_id", "guest_id", "check_in", "check_out", "state", "nightly", "total", "notes", "created_at") values (default, $1, $2, $3, $4, $5, $6, $7, default, default) returning "id", "created_at";
insert into "calendar" ("room_id", "day", "allotment", "sold", "price") values ($1, $2, $3, default, $4), ($5, $6, $7, default, $8), ($9, $10, $11, default, $12), ($13, $14, $15, default, $16) on conflict ("room_id", "day") do update set "allotment" = excluded."allotment", "price" = excluded."price";
insert into "holds" ("session_id", "seat_id", "show_id", "expires_at") select $1, "seats"."id", $2, now() + interval '10 minutes' from "seats" where "seats"."id" = any($3) on conflict ("show_id", "seat_id") do update set "session_id" = excluded."session_id", "expires_at" = excluded."expires_at" where "holds"."expires_at" < now() returning "seat_id";
INSERT INTO "public"."Appointment" ("id","slotId","customerId","note") VALUES ($1,$2,$3,$4) RETURNING "public"."Appointment"."id";
INSERT INTO "public"."Slot" ("staffId","startsAt","endsAt") VALUES ($1,$2,$3), ($1,$4,$5), ($1,$6,$7), ($1,$8,$9), ($1,$10,$11), ($1,$12,$13) ON CONFLICT DO NOTHING;
insert into "guests" ("email", "name", "locale") values ($1, $2, $3) on conflict ("email") do update set "name" = coalesce(nullif(excluded."name", ''), "guests"."name") returning "id", "email", "name", "locale";
update "bookings" set "state" = $1, "cancelled_at" = now() where ("bookings"."id" = $2 and "bookings"."state" = $3) returning "id", "room_id", "check_in", "check_out";
update "calendar" set "sold" = "calendar"."sold" + 1 where ("calendar"."room_id" = $1 and "calendar"."day" >= $2 and "calendar"."day" < $3 and "calendar"."sold" < "calendar"."allotment") returning "day";
UPDATE "public"."Appointment" SET "cancelledAt" = $1, "note" = $2 WHERE ("public"."Appointment"."slotId" = $3 AND "public"."Appointment"."cancelledAt" IS NULL);
update "properties" set "stars" = "s"."average" from (select "property_id", round(avg("stars")) as "average" from "ratings" group by "property_id") "s" where "properties"."id" = "s"."property_id";
update "rooms" set "base_price" = case "rooms"."id" when $1 then $2::numeric when $3 then $4::numeric when $5 then $6::numeric end where "rooms"."id" in ($1, $3, $5);
delete from "holds" where "holds"."expires_at" < now() returning "seat_id", "show_id";
DELETE FROM "public"."Slot" WHERE ("public"."Slot"."startsAt" < $1 AND ("public"."Slot"."id") NOT IN (SELECT "t1"."slotId" FROM "public"."Appointment" AS "t1" WHERE "t1"."slotId" IS NOT NULL));
delete from "room_amenities" where ("room_amenities"."room_id" = $1 and not "room_amenities"."amenity_id" = any($2));
CREATE TABLE IF NOT EXISTS "bookings" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"room_id" integer NOT NULL,
	"guest_id" integer NOT NULL,
	"check_in" date NOT NULL,
	"check_out" date NOT NULL,
	"state" varchar(16) DEFAULT 'pending' NOT NULL,
	"nightly" numeric(10, 2) NOT NULL,
	"total" numeric(12, 2) NOT NULL,
	"notes" text DEFAULT '' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "bookings_dates" CHECK ("bookings"."check_out" > "bookings"."check_in")
);
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_room_id_rooms_id_fk" FOREIGN KEY ("room_id") REFERENCES "public"."rooms"("id") ON DELETE no action ON UPDATE no action;
CREATE INDEX IF NOT EXISTS "bookings_room_dates_idx" ON "bookings" USING btree ("room_id","check_in","check_out");
ALTER TABLE "public"."Appointment" DROP COLUMN "legacyRef", ADD COLUMN "source" TEXT NOT NULL DEFAULT 'web';
begin isolation level serializable read write;

-- Bookings, as people write it.
SELECT r.id, r.name, r.capacity, min(c.price) AS from_price, sum(c.price) AS total
FROM rooms r
JOIN calendar c ON c.room_id = r.id AND c.day >= $1 AND c.day < $2
WHERE r.capacity >= $3 AND c.sold < c.allotment
GROUP BY r.id, r.name, r.capacity
HAVING count(*) = $2::date - $1::date
ORDER BY total
LIMIT 20;
WITH nights AS (
  SELECT b.room_id, n::date AS night, b.nightly
  FROM bookings b
  CROSS JOIN LATERAL generate_series(b.check_in, b.check_out - 1, interval '1 day') AS n
  WHERE b.state IN ('confirmed', 'stayed') AND b.check_in < date '2024-08-01' AND b.check_out > date '2024-07-01'
), capacity AS (
  SELECT property_id, count(*) AS rooms FROM rooms WHERE active GROUP BY property_id
)
SELECT p.name, to_char(n.night, 'IYYY-IW') AS week,
       round(100.0 * count(*) / (max(c.rooms) * 7), 1) AS occupancy,
       round(avg(n.nightly), 2) AS adr,
       round(sum(n.nightly) / (max(c.rooms) * 7), 2) AS revpar
FROM nights n
JOIN rooms r ON r.id = n.room_id
JOIN properties p ON p.id = r.property_id
JOIN capacity c ON c.property_id = p.id
GROUP BY p.name, week
ORDER BY p.name, week;
SELECT a.id, b.id AS clashes_with, a.room_id
FROM bookings a
JOIN bookings b ON a.room_id = b.room_id AND a.id < b.id
 AND daterange(a.check_in, a.check_out) && daterange(b.check_in, b.check_out)
WHERE a.state = 'confirmed' AND b.state = 'confirmed';
SELECT (check_in, check_out) OVERLAPS (date '2024-12-24', date '2025-01-02') AS over_christmas, count(*) FROM bookings WHERE state <> 'cancelled' GROUP BY 1;
SELECT g.free_from, g.free_to
FROM (
  SELECT check_out AS free_from, lead(check_in) OVER (ORDER BY check_in) AS free_to
  FROM bookings
  WHERE room_id = 12 AND state = 'confirmed' AND check_out >= current_date
) g
WHERE g.free_to > g.free_from OR g.free_to IS NULL
ORDER BY g.free_from;
SELECT width_bucket(check_in - created_at::date, 0, 180, 6) AS lead_bucket, count(*), avg(total)::numeric(10,2) AS average FROM bookings GROUP BY 1 ORDER BY 1;
SELECT date_part('dow', check_in) AS weekday, avg(check_out - check_in) AS nights FROM bookings WHERE NOT state = 'cancelled' GROUP BY 1 ORDER BY 1;
SELECT s.hall, s.starts_at, m.title, s.seats - count(t.id) AS free
FROM shows s
JOIN movies m ON m.id = s.movie_id
LEFT JOIN tickets t ON t.show_id = s.id AND t.refunded_at IS NULL
WHERE s.starts_at >= now() AND s.starts_at < date_trunc('day', now()) + interval '1 day'
GROUP BY s.id, m.title
ORDER BY s.starts_at, s.hall;
WITH RECURSIVE slots(starts) AS (
  SELECT timestamp '2024-05-14 09:00'
  UNION ALL
  SELECT starts + interval '20 minutes' FROM slots WHERE starts + interval '20 minutes' < timestamp '2024-05-14 17:00'
)
SELECT starts::time AS starts
FROM slots s
WHERE NOT EXISTS (
  SELECT 1 FROM appointments a
  WHERE a.doctor_id = 7 AND a.starts < s.starts + interval '20 minutes' AND a.ends > s.starts
) AND s.starts::time NOT BETWEEN '12:00' AND '12:59';
SELECT row, array_agg(number ORDER BY number) AS seats
FROM (
  SELECT row, number, number - row_number() OVER (PARTITION BY row ORDER BY number) AS block
  FROM seats
  WHERE hall_id = $1 AND id NOT IN (SELECT seat_id FROM tickets WHERE show_id = $2 UNION SELECT seat_id FROM holds WHERE show_id = $2 AND expires_at > now())
) free
GROUP BY row, block
HAVING count(*) >= $3
ORDER BY count(*), row
LIMIT 5;
SELECT guest_id, count(*) AS stays, sum(total) AS spent, max(check_out) AS last_stay FROM bookings WHERE state = 'stayed' GROUP BY guest_id HAVING count(*) >= 3 OR sum(total) >= 5000;
SELECT source, count(*) FILTER (WHERE state = 'cancelled')::real / count(*) AS cancelled FROM bookings WHERE created_at >= now() - interval '6 months' GROUP BY source;
SELECT b.id, g.name, g.email, r.name AS room, b.check_in FROM bookings b, guests g, rooms r WHERE g.id = b.guest_id AND r.id = b.room_id AND b.check_in = current_date + 2 AND b.reminded_at IS NULL;
SELECT coalesce(price_override, base_price * (1 + coalesce(weekend_surcharge, 0) * (extract(isodow FROM $2::date) IN (5, 6))::int)) AS price FROM room_prices WHERE room_id = $1;
SELECT p.id, p.name, round(avg(r.stars), 2) AS stars, count(r.*) AS ratings, (count(r.*) * avg(r.stars) + 10 * 3.9) / (count(r.*) + 10) AS weighted FROM properties p LEFT JOIN ratings r ON r.property_id = p.id GROUP BY p.id ORDER BY weighted DESC NULLS LAST LIMIT 10;
SELECT id FROM rooms WHERE id = 12 AND active FOR SHARE;
SELECT t.terminal, t.day, t.departures, t.departures - avg(t.departures) OVER (PARTITION BY t.terminal ORDER BY t.day ROWS 6 PRECEDING) AS against_week FROM terminal_days t;
SELECT f.number, f.departs_at AT TIME ZONE o.tz AS departs_local, f.arrives_at AT TIME ZONE d.tz AS arrives_local, f.arrives_at - f.departs_at AS flight_time
FROM flights f
JOIN airports o ON o.code = f.origin
JOIN airports d ON d.code = f.destination
WHERE f.origin = 'VIE' AND (f.departs_at AT TIME ZONE o.tz)::date = '2024-06-20';
WITH RECURSIVE trips AS (
  SELECT destination, ARRAY[origin, destination]::text[] AS via, arrives_at, price, 1 AS legs FROM flights WHERE origin = 'GRZ' AND departs_at::date = '2024-06-20'
  UNION ALL
  SELECT f.destination, t.via || f.destination::text, f.arrives_at, t.price + f.price, t.legs + 1
  FROM trips t JOIN flights f ON f.origin = t.destination
  WHERE f.departs_at BETWEEN t.arrives_at + interval '45 minutes' AND t.arrives_at + interval '6 hours'
    AND t.legs < 3 AND f.destination <> ALL (t.via)
)
SELECT array_to_string(via, '-') AS route, price, legs FROM trips WHERE destination = 'LIS' ORDER BY price, legs LIMIT 10;
SELECT x.name, x.from_day, x.to_day FROM seasons x WHERE $1::date BETWEEN x.from_day AND x.to_day ORDER BY x.to_day - x.from_day LIMIT 1;
SELECT id, upper(left(name, 1)) AS letter FROM guests WHERE name >= 'M' AND name < 'N' ORDER BY name;
SELECT staff.name, coalesce(sum(a.ends - a.starts), interval '0') AS booked, interval '38.5 hours' - coalesce(sum(a.ends - a.starts), interval '0') AS free FROM staff LEFT JOIN appointments a ON a.staff_id = staff.id AND a.starts >= date_trunc('week', now()) AND a.starts < date_trunc('week', now()) + interval '1 week' GROUP BY staff.id ORDER BY free DESC;
SELECT h.show_id, count(*) AS held, array_agg(h.seat_id) FROM holds h GROUP BY h.show_id HAVING min(h.expires_at) < now();
SELECT lower(during) AS starts, upper(during) AS ends, upper(during) - lower(during) AS long FROM reservations WHERE resource_id = 3 AND during && tstzrange(now(), now() + interval '7 days', '[)') ORDER BY during;
SELECT 1 FROM vouchers WHERE code = $1 AND NOT ($2 = ANY (used_by)) AND uses_left > 0;
SELECT country, state, count(*) FROM (SELECT g.country, b.state FROM bookings b JOIN guests g ON g.id = b.guest_id) s GROUP BY CUBE (country, state) ORDER BY country NULLS FIRST, state NULLS FIRST;
SELECT mv.month, mv.arrivals, mv.arrivals - lag(mv.arrivals, 12) OVER (ORDER BY mv.month) AS year_on_year FROM monthly_arrivals mv ORDER BY mv.month DESC LIMIT 13;
SELECT json_agg(json_build_object('day', day, 'free', allotment - sold, 'price', price) ORDER BY day) AS calendar FROM calendar WHERE room_id = $1 AND day BETWEEN $2 AND $3;
SELECT o.id, o.starts_at, (SELECT string_agg(i.name, ' & ' ORDER BY i.name) FROM instructors i JOIN course_instructors ci ON ci.instructor_id = i.id WHERE ci.course_id = o.course_id) AS taught_by FROM occurrences o WHERE o.starts_at > now() ORDER BY 2;
SELECT nullif(concat_ws(', ', nullif(street, ''), nullif(zip || ' ' || city, ' '), country), '') AS address FROM properties WHERE id = 5;
INSERT INTO reservations (resource_id, during, booked_by) VALUES (3, tstzrange('2024-05-14 10:00+02', '2024-05-14 11:30+02', '[)'), 31) RETURNING id;
INSERT INTO calendar (room_id, day, allotment, price)
SELECT r.id, d::date, r.units, CASE WHEN extract(isodow FROM d) IN (5, 6) THEN r.base_price * 1.2 ELSE r.base_price END
FROM rooms r, generate_series('2025-01-01'::date, '2025-12-31'::date, '1 day'::interval) d
WHERE r.active
ON CONFLICT (room_id, day) DO NOTHING;
WITH taken AS (
  UPDATE calendar SET sold = sold + 1
  WHERE room_id = $1 AND day >= $2 AND day < $3 AND sold < allotment
  RETURNING day, price
)
INSERT INTO bookings (room_id, guest_id, check_in, check_out, total, state)
SELECT $1, $4, $2, $3, sum(price), 'confirmed' FROM taken HAVING count(*) = $3::date - $2::date
RETURNING id, total;
INSERT INTO seats (hall_id, row, number, category) SELECT 2, chr(64 + r), n, CASE WHEN r > 8 THEN 'loge' ELSE 'parkett' END FROM generate_series(1, 10) r, generate_series(1, 24) n WHERE NOT (r = 10 AND n > 18);
INSERT INTO waitlist (show_id, guest_id) SELECT $1, $2 WHERE (SELECT count(*) FROM waitlist WHERE show_id = $1 AND served_at IS NULL) < 50 RETURNING requested_at;
INSERT INTO airports (code, name, tz, location) VALUES ('VIE', 'Wien-Schwechat', 'Europe/Vienna', point(16.57, 48.11)), ('GRZ', 'Graz', 'Europe/Vienna', point(15.44, 46.99)), ('LIS', 'Lisboa', 'Europe/Lisbon', '(-9.13,38.77)') ON CONFLICT (code) DO UPDATE SET (name, tz, location) = (excluded.name, excluded.tz, excluded.location);
UPDATE bookings SET state = 'no_show' WHERE check_in < current_date AND state = 'confirmed' AND arrived_at IS NULL RETURNING id, guest_id, total;
UPDATE calendar c SET price = round(c.price * f.factor, 0) FROM (VALUES ('2024-07-01'::date, '2024-08-31'::date, 1.25), ('2024-11-01', '2024-11-30', 0.8)) AS f (from_day, to_day, factor) WHERE c.day BETWEEN f.from_day AND f.to_day AND c.sold = 0;
UPDATE appointments SET starts = starts + interval '15 minutes', ends = ends + interval '15 minutes' WHERE doctor_id = 7 AND starts > now() AND starts::date = current_date;
UPDATE vouchers SET uses_left = uses_left - 1, used_by = used_by || $2::bigint WHERE code = $1 AND uses_left > 0;
UPDATE flights SET departs_at = departs_at + make_interval(mins => delay), arrives_at = arrives_at + delay * interval '1 minute' FROM delays WHERE delays.flight_id = flights.id AND delays.applied IS NOT TRUE;
DELETE FROM waitlist w WHERE EXISTS (SELECT 1 FROM tickets t WHERE t.show_id = w.show_id AND t.guest_id = w.guest_id);
DELETE FROM calendar WHERE room_id NOT IN (SELECT id FROM rooms) OR day < current_date - interval '2 years';
CREATE TABLE rooms (
  id           serial PRIMARY KEY,
  property_id  integer NOT NULL REFERENCES properties (id) ON DELETE CASCADE,
  name         varchar(120) NOT NULL,
  capacity     smallint NOT NULL DEFAULT 2 CHECK (capacity BETWEEN 1 AND 20),
  units        integer NOT NULL DEFAULT 1,
  base_price   numeric(10, 2) NOT NULL,
  amenities    text[] DEFAULT '{}'::text[] NOT NULL,
  active       bool DEFAULT true,
  UNIQUE (property_id, name)
);
CREATE INDEX bookings_arrivals ON bookings (check_in) WHERE state = 'confirmed';
CREATE VIEW arrivals_today AS SELECT b.id, g.name, r.name AS room FROM bookings b JOIN guests g ON g.id = b.guest_id JOIN rooms r ON r.id = b.room_id WHERE b.check_in = CURRENT_DATE AND b.state = 'confirmed';
ALTER TABLE bookings ADD CHECK (check_out > check_in), ALTER COLUMN nightly DROP NOT NULL;
SAVEPOINT before_payment;

-- Payroll, as Dapper and Hibernate send it.
SELECT Id, EmployeeNo, FirstName, LastName, HiredOn, LeftOn, DepartmentId FROM Employees WHERE Id = @Id;
SELECT * FROM Employees WHERE DepartmentId = @DepartmentId AND LeftOn IS NULL ORDER BY LastName, FirstName;
SELECT e.*, d.* FROM Employees e INNER JOIN Departments d ON d.Id = e.DepartmentId WHERE e.EmployeeNo = ANY(@Numbers);
SELECT COUNT(1) FROM Employees WHERE lower(Email) = lower(@Email) AND Id <> @Id;
SELECT employee_id AS EmployeeId, first_name AS FirstName, last_name AS LastName, salary AS Salary
FROM employees
WHERE (@Search IS NULL OR last_name ILIKE @Search || '%')
  AND (CAST(@DepartmentId AS int) IS NULL OR department_id = @DepartmentId)
ORDER BY last_name, first_name
LIMIT @PageSize OFFSET @Skip;
SELECT count(*) OVER() AS Total, s.* FROM salary_changes s WHERE s.employee_id = @EmployeeId ORDER BY s.valid_from DESC LIMIT @Take;
select p.id, p.period, p.gross, p.net, l.id, l.payslip_id, l.code, l.text, l.amount
from payslips p
left join payslip_lines l on l.payslip_id = p.id
where p.employee_id = @employeeId and p.period between @firstPeriod and @lastPeriod
order by p.period, l.position;
SELECT COALESCE(SUM(hours), 0) FROM timesheet_entries WHERE employee_id = @EmployeeId AND work_date >= @WeekStart AND work_date < @WeekStart + 7;
SELECT t.code, t.rate, t.ceiling FROM contribution_rates t WHERE t.valid_from <= @OnDay AND (t.valid_to IS NULL OR t.valid_to >= @OnDay) AND t.code IN ('KV', 'RV', 'AV', 'PV');
SELECT id FROM payroll_runs WHERE company_id = @CompanyId AND period = @Period AND state != 'reversed' FOR UPDATE;
SELECT EXISTS (SELECT 1 FROM absences WHERE employee_id = @EmployeeId AND daterange(from_date, to_date, '[]') && daterange(@FromDate, @ToDate, '[]'));
SELECT e.id, e.last_name, (SELECT s.amount FROM salaries s WHERE s.employee_id = e.id AND s.valid_from <= @OnDay ORDER BY s.valid_from DESC LIMIT 1) AS amount FROM employees e WHERE e.company_id = @CompanyId;
select e1_0.id,e1_0.bank_bic,e1_0.bank_iban,e1_0.birth_date,d1_0.id,d1_0.cost_center,d1_0.name,e1_0.first_name,e1_0.hired_on,e1_0.last_name,e1_0.left_on,e1_0.version from employee e1_0 left join department d1_0 on d1_0.id=e1_0.department_id where e1_0.id=$1;
select e1_0.id,e1_0.last_name from employee e1_0 where e1_0.left_on is null and e1_0.department_id in (select d1_0.id from department d1_0 where d1_0.head_id=$1) order by e1_0.last_name;
select c1_0.employee_id,c1_0.id,c1_0.hours_per_week,c1_0.kind,c1_0.starts_on,c1_0.ends_on from contract c1_0 where c1_0.employee_id=any($1) order by c1_0.starts_on;
select p1_0.id,p1_0.net from payslip p1_0 join payroll_run r1_0 on r1_0.id=p1_0.run_id where r1_0.period=$1 and r1_0.company_id=$2 and p1_0.net<0;
select new_1.dept,new_1.total from (select d1_0.name dept,sum(p1_0.gross) total from payslip p1_0 join employee e1_0 on e1_0.id=p1_0.employee_id join department d1_0 on d1_0.id=e1_0.department_id where p1_0.period=$1 group by d1_0.name) new_1 order by new_1.total desc;
select a1_0.id,a1_0.approved_by,a1_0.from_date,a1_0.kind,a1_0.to_date from absence a1_0 where a1_0.employee_id=$1 and extract(year from a1_0.from_date)=$2 and a1_0.kind='VACATION';
select (select b1_0.days from vacation_balance b1_0 where b1_0.employee_id=$1 and b1_0.year=$2)-coalesce(sum(a1_0.days),0) from absence a1_0 where a1_0.employee_id=$1 and a1_0.kind='VACATION' and a1_0.approved_by is not null and a1_0.from_date>=$3;
select max(p1_0.version),count(*) from payslip p1_0 where p1_0.run_id=$1;
SELECT j.id, j.kind, j.payload::text AS Payload, j.run_after FROM jobs j WHERE j.locked_by IS NULL AND j.run_after <= @Now ORDER BY j.run_after LIMIT @BatchSize FOR UPDATE SKIP LOCKED;
SELECT setting_value FROM company_settings WHERE company_id = @CompanyId AND setting_key = @Key LIMIT 1;
SELECT d.id, d.name, d.parent_id, count(e.id) AS headcount FROM departments d LEFT JOIN employees e ON e.department_id = d.id AND e.left_on IS NULL WHERE d.company_id = @CompanyId GROUP BY d.id, d.name, d.parent_id ORDER BY d.name;
SELECT x.employee_id AS "EmployeeId", x.amount AS "Amount" FROM garnishments x WHERE x.active AND x.employee_id = ANY (@Ids) ORDER BY x.rank;
SELECT to_char(p.period, 'MM/YYYY') AS period, p.gross, p.net, p.document_id IS NOT NULL AS has_document FROM payslips p WHERE p.employee_id = @Id AND p.released_at <= now() ORDER BY p.period DESC;
SELECT b.iban, b.bic, b.holder FROM bank_accounts b WHERE b.employee_id = @EmployeeId AND b.valid_from <= @OnDay ORDER BY b.valid_from DESC, b.id DESC LIMIT 1;
SELECT r.id, r.period, r.state, u.name AS created_by_name FROM payroll_runs r LEFT JOIN users u ON u.id = r.created_by WHERE r.company_id = @CompanyId ORDER BY r.period DESC LIMIT 12;
SELECT CASE WHEN @Gross <= lower_limit THEN 0 WHEN @Gross >= upper_limit THEN rate ELSE rate * (@Gross - lower_limit) / (upper_limit - lower_limit) END AS effective FROM tax_brackets WHERE year = @Year AND class = @Class AND @Gross > lower_limit ORDER BY lower_limit DESC LIMIT 1;
SELECT id, name FROM cost_centers WHERE company_id = @CompanyId AND (name ILIKE @Term OR code LIKE @Term) AND NOT closed UNION SELECT id, name FROM projects WHERE company_id = @CompanyId AND name ILIKE @Term ORDER BY name;
SELECT m.id, m.sender_id, m.body FROM hr_messages m WHERE m.recipient_id = @UserId AND m.read_at IS NULL ORDER BY m.sent_at DESC FETCH FIRST 20 ROWS ONLY;
SELECT date_trunc('month', work_date)::date AS month, project_id, sum(hours) AS hours, sum(hours) FILTER (WHERE billable) AS billable FROM timesheet_entries WHERE employee_id = @EmployeeId GROUP BY 1, 2 ORDER BY 1, 2;
INSERT INTO Employees (EmployeeNo, FirstName, LastName, HiredOn, DepartmentId) VALUES (@EmployeeNo, @FirstName, @LastName, @HiredOn, @DepartmentId) RETURNING Id;
INSERT INTO payslips (run_id, employee_id, period, gross, taxable, net) VALUES (@RunId, @EmployeeId, @Period, @Gross, @Taxable, @Net) ON CONFLICT (run_id, employee_id) DO UPDATE SET gross = EXCLUDED.gross, taxable = EXCLUDED.taxable, net = EXCLUDED.net RETURNING id;
INSERT INTO payslip_lines (payslip_id, position, code, text, amount) VALUES (@PayslipId, @Position, @Code, @Text, @Amount);
INSERT INTO timesheet_entries (employee_id, work_date, project_id, hours, billable, note) SELECT @EmployeeId, u.work_date, u.project_id, u.hours, u.billable, u.note FROM unnest(@Dates, @Projects, @Hours, @Billable, @Notes) AS u(work_date, project_id, hours, billable, note);
insert into absence (approved_by,days,employee_id,from_date,kind,to_date,version,id) values ($1,$2,$3,$4,$5,$6,$7,$8);
insert into audit_event (actor,at,entity,entity_id,payload) values ($1,current_timestamp,$2,$3,cast($4 as jsonb));
UPDATE Employees SET FirstName = @FirstName, LastName = @LastName, DepartmentId = @DepartmentId WHERE Id = @Id;
UPDATE payroll_runs SET state = @NewState, changed_at = now() WHERE id = @Id AND state = @ExpectedState;
update employee set bank_bic=$1,bank_iban=$2,birth_date=$3,department_id=$4,first_name=$5,hired_on=$6,last_name=$7,left_on=$8,version=$9 where id=$10 and version=$11;
UPDATE vacation_balances SET used = used + @Days WHERE employee_id = @EmployeeId AND year = @Year AND days - used >= @Days RETURNING days - used AS remaining;
UPDATE payslips SET released_at = now() WHERE run_id = @RunId AND released_at IS NULL AND employee_id NOT IN (SELECT employee_id FROM payroll_issues WHERE run_id = @RunId AND severity = 'error');
DELETE FROM timesheet_entries WHERE employee_id = @EmployeeId AND work_date = ANY(@Dates) AND NOT locked;
DELETE FROM payslip_lines WHERE payslip_id IN (SELECT id FROM payslips WHERE run_id = @RunId);
delete from absence where id=$1 and version=$2 and approved_by is null;
CREATE TABLE IF NOT EXISTS employees (
    id serial PRIMARY KEY,
    company_id int NOT NULL,
    employee_no varchar(20) NOT NULL,
    first_name varchar(100) NOT NULL,
    last_name varchar(100) NOT NULL,
    email varchar(320) NULL,
    birth_date date NULL,
    hired_on date NOT NULL,
    left_on date NULL,
    department_id int NULL REFERENCES departments (id),
    CONSTRAINT uq_employees_no UNIQUE (company_id, employee_no),
    CONSTRAINT ck_employees_dates CHECK (left_on IS NULL OR left_on >= hired_on)
);
create table payslip_line (payslip_id bigint not null, amount numeric(38,2), code varchar(8), position integer not null, text varchar(255), primary key (payslip_id, position));
create index IDXk2v0s7n4m on payslip (period, employee_id);
ALTER TABLE payslips ADD COLUMN IF NOT EXISTS document_id uuid NULL;
SET search_path TO payroll, public;

-- Payroll, as people write it.
WITH current_salary AS (
  SELECT DISTINCT ON (employee_id) employee_id, amount, currency, valid_from
  FROM salaries
  WHERE valid_from <= current_date
  ORDER BY employee_id, valid_from DESC
)
SELECT d.name,
       count(*) AS people,
       min(s.amount) AS lowest,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY s.amount) AS median,
       max(s.amount) AS highest,
       round(avg(s.amount) FILTER (WHERE e.gender = 'f') / nullif(avg(s.amount) FILTER (WHERE e.gender = 'm'), 0) * 100 - 100, 1) AS gap_percent
FROM employees e
JOIN departments d ON d.id = e.department_id
JOIN current_salary s ON s.employee_id = e.id
WHERE e.left_on IS NULL
GROUP BY d.name
HAVING count(*) >= 5
ORDER BY d.name;
WITH RECURSIVE org AS (
  SELECT id, manager_id, name, 1 AS level, lpad(id::text, 6, '0') AS path FROM employees WHERE manager_id IS NULL AND left_on IS NULL
  UNION ALL
  SELECT e.id, e.manager_id, e.name, o.level + 1, o.path || '.' || lpad(e.id::text, 6, '0')
  FROM employees e JOIN org o ON o.id = e.manager_id
  WHERE e.left_on IS NULL
)
SELECT o.name, o.level, (SELECT count(*) - 1 FROM org x WHERE x.path LIKE o.path || '%') AS reports
FROM org o
ORDER BY o.path;
SELECT e.name, g.month::date,
       sum(t.hours) AS worked,
       e.weekly_hours * (SELECT count(*) FROM generate_series(g.month, g.month + interval '1 month - 1 day', interval '1 day') d
                         WHERE extract(isodow FROM d) < 6 AND d::date NOT IN (SELECT day FROM holidays)) / 5 AS due
FROM employees e
CROSS JOIN generate_series(date '2024-01-01', date '2024-06-01', interval '1 month') AS g(month)
LEFT JOIN timesheets t ON t.employee_id = e.id AND t.day >= g.month AND t.day < g.month + interval '1 month'
WHERE e.left_on IS NULL
GROUP BY e.id, e.name, e.weekly_hours, g.month
ORDER BY e.name, g.month;
SELECT e.id, e.name,
       30 + CASE WHEN age(make_date($1, 12, 31), e.birth_date) >= interval '50 years' THEN 2 ELSE 0 END
          + CASE WHEN e.disabled THEN 5 ELSE 0 END
          - coalesce(sum(a.days), 0) AS vacation_left
FROM employees e
LEFT JOIN absences a ON a.employee_id = e.id AND a.kind = 'vacation' AND extract(year FROM a.from_day) = $1 AND a.approved
GROUP BY e.id
ORDER BY vacation_left;
SELECT p.employee_id, p.net, prev.net AS before, p.net - prev.net AS change
FROM payslips p
JOIN payslips prev ON prev.employee_id = p.employee_id AND prev.period = p.period - interval '1 month'
WHERE p.period = '2024-05-01' AND abs(p.net - prev.net) > 0.1 * prev.net;
SELECT b.lower_limit, b.rate, sum(least(s.taxable, coalesce(b.upper_limit, s.taxable)) - b.lower_limit) AS taxed_here FROM tax_brackets b JOIN (SELECT unnest($1::numeric[]) AS taxable) s ON s.taxable > b.lower_limit WHERE b.year = 2024 GROUP BY b.lower_limit, b.rate ORDER BY b.lower_limit;
SELECT code, sum(amount) FILTER (WHERE side = 'employee') AS employee, sum(amount) FILTER (WHERE side = 'employer') AS employer, sum(amount) AS total FROM contributions WHERE period = date '2024-05-01' GROUP BY ROLLUP (code);
SELECT name, hired_on, extract(year FROM age(hired_on))::int AS years FROM employees WHERE left_on IS NULL AND extract(year FROM age(hired_on))::int % 5 = 0 AND extract(month FROM hired_on) = extract(month FROM current_date);
SELECT m.month, m.joined, l.left_count, sum(coalesce(m.joined, 0) - coalesce(l.left_count, 0)) OVER (ORDER BY coalesce(m.month, l.month)) AS headcount
FROM (SELECT date_trunc('month', hired_on) AS month, count(*) AS joined FROM employees GROUP BY 1) m
FULL OUTER JOIN (SELECT date_trunc('month', left_on) AS month, count(*) AS left_count FROM employees WHERE left_on IS NOT NULL GROUP BY 1) l USING (month);
SELECT e.name, count(*) AS times, sum(a.to_day - a.from_day + 1) AS days, count(*) ^ 2 * sum(a.to_day - a.from_day + 1) AS bradford FROM absences a JOIN employees e ON e.id = a.employee_id WHERE a.kind = 'sick' AND a.from_day > current_date - 365 GROUP BY e.name ORDER BY bradford DESC LIMIT 20;
SELECT iban, array_agg(employee_id) AS employees FROM bank_accounts WHERE valid_to IS NULL GROUP BY iban HAVING count(DISTINCT employee_id) > 1;
SELECT e.id FROM employees e LEFT JOIN payslips p ON p.employee_id = e.id AND p.period = $1 WHERE p.id IS NULL AND e.hired_on < $1 + interval '1 month' AND (e.left_on IS NULL OR e.left_on >= $1);
SELECT round(sum(gross), 2) AS gross, round(sum(net), 2) AS net, count(*) AS slips, sum(gross) - sum(net) - (SELECT sum(amount) FROM contributions c WHERE c.run_id = $1 AND c.side = 'employee') - (SELECT sum(tax) FROM payslips t WHERE t.run_id = $1) AS should_be_zero FROM payslips WHERE run_id = $1;
SELECT week, employee_id, hours, CASE WHEN hours > 48 THEN 'over the limit' WHEN hours > 40 THEN 'overtime' END AS remark FROM (SELECT date_trunc('week', day)::date AS week, employee_id, sum(hours) AS hours FROM timesheets GROUP BY 1, 2) w WHERE hours > 40;
SELECT s.employee_id, s.valid_from, lead(s.valid_from - 1, 1, 'infinity'::date) OVER (PARTITION BY s.employee_id ORDER BY s.valid_from) AS valid_to, s.amount, round((s.amount / lag(s.amount) OVER (PARTITION BY s.employee_id ORDER BY s.valid_from) - 1) * 100, 2) AS raise FROM salaries s;
SELECT cost_center, date_part('quarter', period) AS quarter, sum(gross * 1.21) AS cost FROM payslips JOIN employees ON employees.id = payslips.employee_id WHERE period >= '2024-01-01' GROUP BY cost_center, quarter HAVING sum(gross) > 0 ORDER BY cost_center, quarter;
SELECT a.employee_id, b.employee_id AS stand_in, a.from_day FROM absences a JOIN absences b ON b.employee_id = a.stand_in_id AND (a.from_day, a.to_day + 1) OVERLAPS (b.from_day, b.to_day + 1) WHERE a.approved AND b.approved;
SELECT format('%s;%s;%s;%s', lpad(employee_no, 8, '0'), to_char(period, 'YYYYMM'), wage_type, replace(to_char(amount, 'FM9999990.00'), '.', ',')) AS line FROM payslip_lines JOIN payslips USING (payslip_id) JOIN employees USING (employee_id) WHERE run_id = $1 ORDER BY employee_no, wage_type;
select distinct employee_id from timesheets where day between '2024-05-01' and '2024-05-31' and not exists (select null from approvals where approvals.employee_id = timesheets.employee_id and approvals.month = '2024-05');
SELECT g.grade, g.step, coalesce(count(e.id), 0) AS people, g.amount FROM pay_grades g LEFT OUTER JOIN employees e ON (e.grade, e.step) = (g.grade, g.step) GROUP BY g.grade, g.step, g.amount ORDER BY g.grade, g.step;
SELECT b.id, b.amount, b.amount * percent_rank() OVER (ORDER BY r.score) AS scaled, cume_dist() OVER (ORDER BY r.score DESC) AS top FROM bonuses b INNER JOIN reviews r ON r.employee_id = b.employee_id AND r.year = b.year WHERE b.year = 2023;
SELECT jsonb_pretty(jsonb_build_object('period', r.period, 'slips', jsonb_agg(jsonb_build_object('no', e.employee_no, 'net', p.net) ORDER BY e.employee_no))) FROM payroll_runs r JOIN payslips p ON p.run_id = r.id JOIN employees e ON e.id = p.employee_id WHERE r.id = $1 GROUP BY r.period;
SELECT employee_id, day, clock_out - clock_in - coalesce(break, interval '0') AS worked FROM stamps WHERE clock_out - clock_in > interval '6 hours' AND coalesce(break, '0'::interval) < '30 minutes'::interval;
SELECT employee_id, sum(CASE WHEN extract(hour FROM clock_in) >= 20 OR extract(hour FROM clock_in) < 6 THEN hours * 0.25 WHEN day IN (SELECT day FROM holidays) THEN hours * 1.25 WHEN extract(isodow FROM day) = 7 THEN hours * 0.5 ELSE 0 END * hourly_rate) AS premiums FROM shifts JOIN rates USING (employee_id) WHERE day BETWEEN $1 AND $2 GROUP BY employee_id;
SELECT skill, level, array_agg(name ORDER BY name) FILTER (WHERE left_on IS NULL) AS people FROM employees CROSS JOIN LATERAL jsonb_each_text(skills) AS s(skill, level) GROUP BY skill, level;
SELECT 'headcount' AS figure, count(*)::text AS value FROM employees WHERE left_on IS NULL
UNION ALL
SELECT 'average age', round(avg(extract(year FROM age(birth_date))), 1)::text FROM employees WHERE left_on IS NULL
UNION ALL
SELECT 'part time', round(100.0 * count(*) FILTER (WHERE weekly_hours < 38.5) / count(*), 1) || ' %' FROM employees WHERE left_on IS NULL;
SELECT loan_id, n, round(principal / term, 2) AS redemption, round((principal - principal / term * (n - 1)) * rate / 12, 2) AS interest FROM employee_loans CROSS JOIN LATERAL generate_series(1, term) AS n WHERE employee_id = 77 ORDER BY loan_id, n;
SELECT nth_value(name, 2) OVER (PARTITION BY department_id ORDER BY hired_on RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS second_longest, department_id FROM employees;
SELECT * FROM employees e WHERE e.salary > ALL (SELECT m.salary FROM employees m WHERE m.id = e.manager_id);
SELECT d.name FROM departments d WHERE 3 < (SELECT count(*) FROM employees e WHERE e.department_id = d.id AND e.left_on >= date_trunc('year', current_date));
INSERT INTO payslips (run_id, employee_id, period, gross)
SELECT r.id, e.id, r.period, round(s.amount * (least(coalesce(e.left_on, 'infinity'), (r.period + interval '1 month - 1 day')::date) - greatest(e.hired_on, r.period) + 1)
         / extract(day FROM r.period + interval '1 month - 1 day'), 2)
FROM payroll_runs r
JOIN employees e ON e.company_id = r.company_id AND e.hired_on < r.period + interval '1 month' AND (e.left_on IS NULL OR e.left_on >= r.period)
JOIN LATERAL (SELECT amount FROM salaries WHERE employee_id = e.id AND valid_from <= r.period ORDER BY valid_from DESC LIMIT 1) s ON true
WHERE r.id = $1
ON CONFLICT (run_id, employee_id) DO NOTHING;
INSERT INTO tax_brackets (year, class, lower_limit, upper_limit, rate) VALUES
  (2024, 1, 0, 11604, 0), (2024, 1, 11604, 17005, 0.14), (2024, 1, 17005, 66760, 0.24), (2024, 1, 66760, 277825, 0.42), (2024, 1, 277825, NULL, 0.45),
  (2024, 3, 0, 23208, 0), (2024, 3, 23208, 34010, 0.14), (2024, 3, 34010, 133520, 0.24), (2024, 3, 133520, 555650, 0.42), (2024, 3, 555650, NULL, 0.45);
INSERT INTO salaries (employee_id, amount, currency, valid_from, reason) SELECT employee_id, round(amount * 1.028, -1), currency, '2024-07-01', 'collective agreement' FROM current_salaries WHERE grade LIKE 'E%';
INSERT INTO holidays VALUES ('2025-01-01', 'New Year'), ('2025-01-06', 'Epiphany'), ('2025-04-21', 'Easter Monday'), ('2025-05-01', 'Labour Day');
INSERT INTO absences (employee_id, kind, from_day, to_day, days) VALUES ($1, 'vacation', $2, $3, (SELECT count(*) FROM generate_series($2::date, $3::date, '1 day') d WHERE extract(isodow FROM d) < 6 AND NOT EXISTS (SELECT 1 FROM holidays h WHERE h.day = d::date))) RETURNING id, days;
INSERT INTO payroll_issues (run_id, employee_id, severity, text) SELECT $1, p.employee_id, 'error', 'negative net pay' FROM payslips p WHERE p.run_id = $1 AND p.net < 0 UNION ALL SELECT $1, e.id, 'warning', 'no bank account' FROM employees e WHERE NOT EXISTS (SELECT 1 FROM bank_accounts b WHERE b.employee_id = e.id);
UPDATE payslips p SET net = p.gross - p.tax - c.total, taxable = p.gross - c.deductible FROM (SELECT payslip_id, sum(amount) AS total, sum(amount) FILTER (WHERE deductible) AS deductible FROM contributions WHERE side = 'employee' GROUP BY payslip_id) c WHERE c.payslip_id = p.id AND p.run_id = $1;
UPDATE employees SET left_on = $2, email = NULL, phone = NULL WHERE id = $1 AND left_on IS NULL RETURNING id, manager_id;
UPDATE employees e SET manager_id = (SELECT m.manager_id FROM employees m WHERE m.id = e.manager_id) WHERE e.manager_id = 88;
UPDATE absences SET approved = true, approved_by = $2, approved_at = now() WHERE id = $1 AND employee_id IN (WITH RECURSIVE r AS (SELECT id FROM employees WHERE manager_id = $2 UNION ALL SELECT e.id FROM employees e JOIN r ON e.manager_id = r.id) SELECT id FROM r);
UPDATE timesheets SET locked = true WHERE day < date_trunc('month', current_date) AND NOT locked;
DELETE FROM payslip_lines l USING payslips p WHERE p.id = l.payslip_id AND p.run_id = $1 AND l.code IN ('4100', '4110') AND l.amount = 0;
DELETE FROM applicants WHERE decided_at < now() - interval '6 months' AND NOT consent_to_keep RETURNING id;
DELETE FROM timesheets a WHERE a.ctid <> (SELECT min(b.ctid) FROM timesheets b WHERE (b.employee_id, b.day, b.project_id) = (a.employee_id, a.day, a.project_id));
CREATE TABLE salaries (
  employee_id integer NOT NULL REFERENCES employees (id),
  valid_from  date NOT NULL,
  amount      numeric(10, 2) NOT NULL CHECK (amount > 0),
  currency    char(3) NOT NULL DEFAULT 'EUR',
  reason      text,
  entered_by  name NOT NULL DEFAULT current_user,
  entered_at  timestamp with time zone NOT NULL DEFAULT current_timestamp,
  CONSTRAINT salaries_pk PRIMARY KEY (employee_id, valid_from)
);
CREATE SEQUENCE IF NOT EXISTS employee_numbers AS integer START WITH 10000 INCREMENT BY 1 MINVALUE 10000 MAXVALUE 99999 NO CYCLE OWNED BY employees.employee_no;
CREATE OR REPLACE VIEW current_salaries AS SELECT DISTINCT ON (s.employee_id) s.employee_id, e.grade, s.amount, s.currency FROM salaries s JOIN employees e ON e.id = s.employee_id WHERE s.valid_from <= CURRENT_DATE ORDER BY s.employee_id, s.valid_from DESC;
ALTER TABLE employees ADD CONSTRAINT employees_manager FOREIGN KEY (manager_id) REFERENCES employees (id) DEFERRABLE INITIALLY IMMEDIATE, ADD CONSTRAINT not_own_manager CHECK (manager_id <> id);
SET CONSTRAINTS ALL DEFERRED;

-- Chat, as Drizzle and pgx send it.
select "id", "channel_id", "author_id", "body", "edited_at", "created_at" from "messages" where ("messages"."channel_id" = $1 and "messages"."id" < $2 and "messages"."deleted_at" is null) order by "messages"."id" desc limit $3;
select "messages"."id", "messages"."body", "users"."handle", "users"."avatar_url", count("reactions"."emoji")::int as "reactions" from "messages" inner join "users" on "users"."id" = "messages"."author_id" left join "reactions" on "reactions"."message_id" = "messages"."id" where "messages"."thread_id" = $1 group by "messages"."id", "users"."id" order by "messages"."id";
select "channels"."id", "channels"."name", "channels"."topic", "memberships"."last_read_id", "memberships"."muted" from "memberships" inner join "channels" on "channels"."id" = "memberships"."channel_id" where ("memberships"."user_id" = $1 and "channels"."archived_at" is null) order by lower("channels"."name");
select "channel_id", count(*)::int as "unread", bool_or("body" like $1) as "mentioned" from "messages" inner join "memberships" using ("channel_id") where "memberships"."user_id" = $2 and "messages"."id" > "memberships"."last_read_id" group by "channel_id";
select "id", "handle" from "users" where "handle" ilike $1 and "id" in (select "user_id" from "memberships" where "channel_id" = $2) order by similarity("handle", $3) desc limit 8;
select "m"."id", "m"."body", "u"."handle", json_agg(json_build_object('emoji', "r"."emoji", 'users', "r"."users")) filter (where "r"."emoji" is not null) as "reactions" from "messages" "m" inner join "users" "u" on "u"."id" = "m"."author_id" left join (select "message_id", "emoji", array_agg("user_id") as "users" from "reactions" group by "message_id", "emoji") "r" on "r"."message_id" = "m"."id" where "m"."channel_id" = $1 group by "m"."id", "u"."handle" order by "m"."id" desc limit $2;
select exists (select 1 from "memberships" where "channel_id" = $1 and "user_id" = $2 and "role" in ('owner', 'moderator'));
select "id", "url", "bytes", "mime" from "attachments" where "attachments"."message_id" in ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) order by "attachments"."message_id", "attachments"."position";
select "user_id", "status", "last_seen" > now() - interval '2 minutes' as "online" from "presence" where "presence"."user_id" = any($1::bigint[]);
select "a"."channel_id" from "memberships" as "a" inner join "memberships" as "b" on "a"."channel_id" = "b"."channel_id" inner join "channels" as "c" on "c"."id" = "a"."channel_id" and "c"."kind" = 'direct' where "a"."user_id" = $1 and "b"."user_id" = $2 limit 1;
select "token", "platform" from "push_tokens" where "user_id" in (select "user_id" from "memberships" where "channel_id" = $1 and not "muted") and "user_id" <> $2;
select "messages"."id", ts_headline('simple', "messages"."body", "q") as "snippet" from "messages", to_tsquery('simple', $1) "q" where "messages"."search" @@ "q" and "messages"."channel_id" = any($2) order by "messages"."id" desc limit $3 offset $4;
select "pins"."message_id", "pins"."pinned_at", "messages"."body" from "pins" inner join "messages" on "messages"."id" = "pins"."message_id" where "pins"."channel_id" = $1 order by "pins"."pinned_at" desc nulls last;
select "t"."root_id", max("t"."id") as "latest", count(*) - 1 as "replies" from "messages" as "t" where "t"."root_id" in ($1, $2, $3) group by "t"."root_id";
SELECT m.id, m.channel_id, m.author_id, m.body FROM messages m WHERE m.id = $1 AND m.deleted_at IS NULL;
SELECT u.id, u.handle, u.display_name, coalesce(p.status, 'offline') FROM users u LEFT JOIN presence p ON p.user_id = u.id WHERE u.id = ANY($1);
SELECT min(id), max(id), count(*) FROM messages WHERE channel_id = $1 AND created_at >= $2 AND created_at < $3;
SELECT id, event, payload FROM outbox WHERE id > $1 ORDER BY id LIMIT 500;
SELECT channel_id, array_agg(user_id ORDER BY joined_at) FROM memberships WHERE channel_id = ANY($1) GROUP BY channel_id;
SELECT blocked_id FROM blocks WHERE blocker_id = $1 UNION SELECT blocker_id FROM blocks WHERE blocked_id = $1;
SELECT c.id, c.name, count(m.user_id) AS members FROM channels c LEFT JOIN memberships m ON m.channel_id = c.id WHERE c.workspace_id = $1 AND c.kind = 'public' AND ($2 = '' OR c.name ILIKE '%' || $2 || '%') GROUP BY c.id ORDER BY members DESC, c.name LIMIT $3;
SELECT count(*) < $3 FROM messages WHERE author_id = $1 AND created_at > now() - make_interval(secs => $2);
SELECT i.code, i.workspace_id, w.name FROM invites i JOIN workspaces w ON w.id = i.workspace_id WHERE i.code = $1 AND i.expires_at > now() AND (i.max_uses = 0 OR i.uses < i.max_uses);
SELECT before.id FROM (SELECT id FROM messages WHERE channel_id = $1 AND id <= $2 ORDER BY id DESC LIMIT 25) before UNION ALL SELECT after.id FROM (SELECT id FROM messages WHERE channel_id = $1 AND id > $2 ORDER BY id LIMIT 25) after ORDER BY id;
SELECT e.shortcode, e.image_url FROM custom_emoji e WHERE e.workspace_id = $1 AND e.shortcode = ANY(regexp_split_to_array($2, '[^a-z0-9_]+'));
SELECT pg_notify('channel_' || $1::text, json_build_object('type', $2::text, 'id', $3::bigint)::text);
SELECT d.draft FROM drafts d WHERE (d.user_id, d.channel_id) = ($1, $2) AND d.thread_id IS NOT DISTINCT FROM $3;
SELECT q.message_id, q.bumps FROM (SELECT message_id, count(*) AS bumps, rank() OVER (ORDER BY count(*) DESC) AS r FROM reactions WHERE created_at > now() - interval '24 hours' GROUP BY message_id) q WHERE q.r <= 10;
SELECT s.user_id, s.token_hash, s.user_agent, s.ip::text, s.created_at FROM sessions s WHERE s.token_hash = sha256($1::bytea) AND s.expires_at > now() AND s.revoked_at IS NULL;
SELECT coalesce(max(seq), 0) + 1 FROM channel_events WHERE channel_id = $1;
SELECT v.user_id FROM unnest($1::bigint[]) WITH ORDINALITY AS v(user_id, n) JOIN users u ON u.id = v.user_id AND u.bot IS FALSE ORDER BY v.n;
insert into "messages" ("channel_id", "author_id", "body", "root_id", "nonce") values ($1, $2, $3, $4, $5) on conflict ("author_id", "nonce") do nothing returning "id", "created_at";
insert into "reactions" ("message_id", "user_id", "emoji") values ($1, $2, $3) on conflict do nothing returning (select count(*) from "reactions" "r" where "r"."message_id" = "reactions"."message_id" and "r"."emoji" = "reactions"."emoji") as "before";
insert into "memberships" ("channel_id", "user_id", "role", "last_read_id") values ($1, $2, 'owner', 0), ($1, $3, 'member', 0), ($1, $4, 'member', 0);
INSERT INTO presence (user_id, status, last_seen) VALUES ($1, $2, now()) ON CONFLICT (user_id) DO UPDATE SET status = EXCLUDED.status, last_seen = EXCLUDED.last_seen WHERE presence.last_seen < EXCLUDED.last_seen;
INSERT INTO outbox (event, payload) SELECT 'message.created', row_to_json(m)::jsonb FROM messages m WHERE m.id = $1;
INSERT INTO mentions (message_id, user_id) SELECT $1, u.id FROM users u WHERE u.handle = ANY($2::text[]) AND EXISTS (SELECT 1 FROM memberships ms WHERE ms.user_id = u.id AND ms.channel_id = $3) ON CONFLICT (message_id, user_id) DO NOTHING RETURNING user_id;
update "memberships" set "last_read_id" = greatest("last_read_id", $1) where ("memberships"."channel_id" = $2 and "memberships"."user_id" = $3);
update "messages" set "body" = $1, "edited_at" = now() where ("messages"."id" = $2 and "messages"."author_id" = $3 and "messages"."created_at" > now() - interval '1 day') returning *;
UPDATE messages SET deleted_at = now(), body = '', search = NULL WHERE id = $1 AND (author_id = $2 OR EXISTS (SELECT 1 FROM memberships m WHERE m.channel_id = messages.channel_id AND m.user_id = $2 AND m.role <> 'member'));
UPDATE invites SET uses = uses + 1 WHERE code = $1 AND (max_uses = 0 OR uses < max_uses) RETURNING workspace_id, uses;
UPDATE users SET settings = jsonb_set(settings, $2::text[], $3::jsonb) WHERE id = $1;
delete from "reactions" where ("reactions"."message_id" = $1 and "reactions"."user_id" = $2 and "reactions"."emoji" = $3);
DELETE FROM push_tokens WHERE token = ANY($1) RETURNING user_id;
DELETE FROM presence USING users WHERE users.id = presence.user_id AND users.deactivated_at IS NOT NULL;
create table if not exists "messages" (
  "id" bigserial primary key not null,
  "channel_id" bigint not null references "channels" ("id") on delete cascade,
  "author_id" bigint not null,
  "root_id" bigint references "messages" ("id"),
  "nonce" uuid,
  "body" text not null,
  "created_at" timestamp (3) with time zone default now() not null,
  "edited_at" timestamp (3) with time zone,
  "deleted_at" timestamp (3) with time zone,
  constraint "messages_nonce_unique" unique ("author_id", "nonce")
);
create index if not exists "messages_channel_id_idx" on "messages" ("channel_id", "id" desc) where "deleted_at" is null;
create unique index if not exists "reactions_once" on "reactions" using btree ("message_id", "user_id", "emoji" collate "C");
alter table "channels" add column "retention_days" smallint default 0 not null, alter column "topic" drop default;
SET LOCAL app.user_id TO 42;

-- Chat, as people write it.
SELECT c.name, count(*) AS messages, count(DISTINCT m.author_id) AS people,
       round(avg(length(m.body))) AS usual_length,
       count(*) FILTER (WHERE m.body LIKE '%?%') AS questions
FROM messages m
JOIN channels c ON c.id = m.channel_id
WHERE m.created_at >= now() - interval '7 days' AND m.deleted_at IS NULL
GROUP BY c.name
ORDER BY messages DESC
LIMIT 15;
WITH replies AS (
  SELECT m.id, m.author_id, m.created_at,
         lag(m.author_id) OVER w AS previous_author,
         m.created_at - lag(m.created_at) OVER w AS waited
  FROM messages m
  WHERE m.channel_id = $1
  WINDOW w AS (PARTITION BY m.channel_id ORDER BY m.id)
)
SELECT u.handle, count(*) AS answers, percentile_cont(0.5) WITHIN GROUP (ORDER BY waited) AS usual_wait
FROM replies r JOIN users u ON u.id = r.author_id
WHERE r.previous_author <> r.author_id AND r.waited < interval '1 day'
GROUP BY u.handle
ORDER BY answers DESC;
SELECT least(a.author_id, b.author_id) AS one, greatest(a.author_id, b.author_id) AS other, count(*) AS exchanges
FROM messages a JOIN messages b ON b.root_id = a.id AND b.author_id <> a.author_id
GROUP BY 1, 2
HAVING count(*) > 20
ORDER BY 3 DESC;
SELECT d::date AS day, count(DISTINCT m.author_id) AS dau,
       (SELECT count(DISTINCT x.author_id) FROM messages x WHERE x.created_at >= d - interval '27 days' AND x.created_at < d + interval '1 day') AS mau
FROM generate_series(current_date - 29, current_date, interval '1 day') AS d
LEFT JOIN messages m ON m.created_at >= d AND m.created_at < d + interval '1 day'
GROUP BY d
ORDER BY d;
SELECT emoji, count(*) AS used, mode() WITHIN GROUP (ORDER BY user_id) AS biggest_fan FROM reactions GROUP BY emoji ORDER BY used DESC FETCH FIRST 10 ROWS ONLY;
WITH RECURSIVE up AS (
  SELECT id, root_id, body, 0 AS n FROM messages WHERE id = 771204
  UNION ALL
  SELECT m.id, m.root_id, m.body, up.n + 1 FROM messages m JOIN up ON up.root_id = m.id
)
TABLE up;
SELECT (regexp_matches(body, 'https?://[^\s)>]+', 'g'))[1] AS link, min(created_at) AS first_posted FROM messages WHERE channel_id = 12 GROUP BY link ORDER BY first_posted DESC LIMIT 50;
SELECT u.handle, s.streak
FROM users u
JOIN LATERAL (
  SELECT count(*) AS streak
  FROM (
    SELECT day, day + (row_number() OVER (ORDER BY day DESC))::int AS grp
    FROM (SELECT DISTINCT created_at::date AS day FROM messages WHERE author_id = u.id) days
  ) g
  GROUP BY grp
  ORDER BY max(day) DESC
  LIMIT 1
) s ON s.streak > 5
ORDER BY s.streak DESC;
SELECT w.slug, w.seats, count(*) FILTER (WHERE u.last_seen > now() - '28 days'::interval) AS active, sum(a.bytes) / 1024 / 1024 AS megabytes FROM workspaces w JOIN users u ON u.workspace_id = w.id LEFT JOIN attachments a ON a.uploader_id = u.id GROUP BY w.id HAVING sum(a.bytes) > 5 * 1024 ^ 3;
SELECT id, body FROM messages WHERE body ~* '\m(password|passwort|iban)\M' AND created_at > now() - interval '1 hour';
SELECT CASE WHEN n = 1 THEN 'one' WHEN n BETWEEN 2 AND 10 THEN 'a few' ELSE 'many' END AS wrote, count(*) AS users FROM (SELECT author_id, count(*) AS n FROM messages GROUP BY author_id) s GROUP BY 1 ORDER BY min(n);
SELECT c.id, c.name FROM channels c WHERE c.archived_at IS NULL AND NOT EXISTS (SELECT FROM messages m WHERE m.channel_id = c.id AND m.created_at > now() - interval '90 days') ORDER BY c.name;
SELECT m.created_at AT TIME ZONE u.tz AS local, m.body FROM messages m, users u WHERE u.id = 42 AND m.channel_id = 12 ORDER BY m.id DESC LIMIT 100;
SELECT u.id FROM users u JOIN memberships m ON m.user_id = u.id AND m.channel_id = 5 INTERSECT SELECT user_id FROM memberships WHERE channel_id = 9 EXCEPT SELECT user_id FROM bans;
SELECT extract(hour FROM created_at AT TIME ZONE 'Europe/Paris') AS hour, repeat('█', (count(*) * 40 / max(count(*)) OVER ())::int) AS bar FROM messages WHERE channel_id = 12 GROUP BY 1 ORDER BY 1;
SELECT r.reporter_id, r.message_id, m.body, count(*) OVER (PARTITION BY r.message_id) AS reports, row_number() OVER (PARTITION BY r.message_id ORDER BY r.created_at) AS nth FROM reports r LEFT JOIN messages m ON m.id = r.message_id WHERE r.handled_at IS NULL;
SELECT a.handle FROM users a WHERE a.handle ILIKE ANY (ARRAY['%admin%', '%support%', '%official%']) AND NOT a.verified;
select u.handle as "Name", to_char(max(m.created_at), 'DD.MM.YYYY HH24:MI') as "Last message" from users u left join messages m on m.author_id = u.id group by u.handle order by max(m.created_at) desc nulls last;
SELECT p.question, o.label, count(v.*) AS votes, round(100.0 * count(v.*) / nullif(sum(count(v.*)) OVER (PARTITION BY p.id), 0)) AS percent FROM polls p JOIN poll_options o ON o.poll_id = p.id LEFT JOIN poll_votes v ON v.option_id = o.id WHERE p.message_id = $1 GROUP BY p.id, p.question, o.id, o.label ORDER BY o.id;
SELECT jsonb_object_agg(k, v) FROM (SELECT key AS k, count(*) AS v FROM users, jsonb_object_keys(settings) AS key GROUP BY key) x;
SELECT call_id, sum(extract(epoch FROM coalesce(left_at, now()) - joined_at))::int / 60 AS minutes, count(DISTINCT user_id) AS people, range_agg(tstzrange(joined_at, left_at)) AS spans FROM call_participants GROUP BY call_id;
SELECT id, (storage_key LIKE 's3:%')::int AS in_s3, md5(storage_key) AS key_hash, char_length(filename) > 64 AS too_long FROM attachments WHERE right(lower(filename), 4) IN ('.exe', '.scr', '.bat');
SELECT DISTINCT ON (channel_id) channel_id, id, left(body, 40) || CASE WHEN length(body) > 40 THEN '…' ELSE '' END AS preview, created_at FROM messages WHERE channel_id IN (SELECT channel_id FROM memberships WHERE user_id = $1) ORDER BY channel_id, id DESC;
SELECT sum(size) OVER (ORDER BY created_at GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) AS around, id FROM uploads ORDER BY created_at;
SELECT count(*), 'messages' AS what FROM messages UNION SELECT count(*), 'channels' FROM channels UNION SELECT count(*), 'users' FROM users ORDER BY 2;
SELECT m.id FROM messages m WHERE m.channel_id = 12 AND m.id > (SELECT last_read_id FROM memberships WHERE channel_id = 12 AND user_id = 42) AND m.author_id NOT IN (SELECT blocked_id FROM blocks WHERE blocker_id = 42);
SELECT setting, unit, source FROM pg_settings WHERE name = 'work_mem';
SELECT b.body, b.similarity FROM (SELECT body, 1 - (embedding <=> $1) AS similarity FROM message_embeddings ORDER BY embedding <=> $1 LIMIT 50) b WHERE b.similarity > 0.8;
INSERT INTO channels (workspace_id, name, kind, topic) VALUES (1, 'general', 'public', 'Company-wide'), (1, 'random', 'public', NULL), (1, 'incidents', 'private', 'One thread per incident') ON CONFLICT (workspace_id, lower(name)) DO NOTHING RETURNING id, name;
WITH ch AS (
  INSERT INTO channels (workspace_id, kind) VALUES ($1, 'direct') RETURNING id
), ms AS (
  INSERT INTO memberships (channel_id, user_id) SELECT ch.id, u FROM ch, unnest(ARRAY[$2, $3]::bigint[]) AS u
)
INSERT INTO messages (channel_id, author_id, body) SELECT id, $2, $4 FROM ch RETURNING channel_id, id;
INSERT INTO message_stats (day, channel_id, messages) SELECT created_at::date, channel_id, count(*) FROM messages WHERE created_at >= current_date - 1 AND created_at < current_date GROUP BY GROUPING SETS ((1, 2)) ON CONFLICT (day, channel_id) DO UPDATE SET messages = excluded.messages;
INSERT INTO reactions (message_id, user_id, emoji) VALUES (771204, 42, '👍'), (771204, 43, '👍'), (771204, 44, '🎉');
INSERT INTO bans (user_id, until, reason) VALUES ($1, 'infinity', E'spam: \'buy now\'') ON CONFLICT (user_id) DO UPDATE SET until = 'infinity', reason = bans.reason || '; ' || excluded.reason;
INSERT INTO memberships (channel_id, user_id) SELECT c.id, u.id FROM channels c CROSS JOIN users u WHERE c.auto_join AND u.workspace_id = c.workspace_id AND u.deactivated_at IS NULL ON CONFLICT DO NOTHING;
UPDATE messages SET search = to_tsvector('simple', coalesce(body, '')) WHERE search IS NULL AND id BETWEEN $1 AND $1 + 9999;
UPDATE channels c SET last_message_at = m.last, message_count = m.n FROM (SELECT channel_id, max(created_at) AS last, count(*) AS n FROM messages WHERE deleted_at IS NULL GROUP BY channel_id) m WHERE m.channel_id = c.id AND (c.last_message_at, c.message_count) IS DISTINCT FROM (m.last, m.n);
UPDATE users SET handle = 'deleted-' || id, email = NULL, avatar_url = DEFAULT, settings = '{}', deactivated_at = now() WHERE id = 42;
UPDATE memberships SET role = CASE user_id WHEN 42 THEN 'member' WHEN 43 THEN 'owner' END WHERE channel_id = 5 AND user_id IN (42, 43);
UPDATE uploads SET state = 'lost' WHERE state = 'pending' AND created_at < localtimestamp - interval '1 hour' AND octet_length(coalesce(chunk, ''::bytea)) = 0;
DELETE FROM messages m USING channels c WHERE c.id = m.channel_id AND c.retention_days > 0 AND m.created_at < now() - c.retention_days * interval '1 day' AND NOT EXISTS (SELECT 1 FROM pins p WHERE p.message_id = m.id);
DELETE FROM sessions WHERE expires_at < now() OR revoked_at < now() - interval '7 days';
DELETE FROM reactions WHERE (message_id, user_id, emoji) IN (SELECT message_id, user_id, emoji FROM reactions GROUP BY 1, 2, 3 HAVING count(*) > 1);
CREATE TABLE memberships (
  channel_id   bigint REFERENCES channels ON DELETE CASCADE,
  user_id      bigint REFERENCES users ON DELETE CASCADE,
  role         text NOT NULL DEFAULT 'member' CHECK (role IN ('owner', 'moderator', 'member')),
  last_read_id bigint NOT NULL DEFAULT 0,
  muted        boolean NOT NULL DEFAULT false,
  joined_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (channel_id, user_id)
);
CREATE INDEX memberships_user ON memberships USING hash (user_id);
DROP INDEX CONCURRENTLY IF EXISTS messages_body_idx;
ALTER TABLE messages ADD COLUMN IF NOT EXISTS forwarded_from bigint REFERENCES messages (id) ON DELETE SET NULL, DROP CONSTRAINT IF EXISTS messages_body_check;
ROLLBACK TO SAVEPOINT before_payment;

-- Logistics, as EF Core and Django send it.
SELECT s."Id", s."Barcode", s."State", s."WeightKg", s."Sender_Name", s."Sender_Street", s."Sender_PostalCode", s."Sender_City", s."Sender_Country", s."Recipient_Name", s."Recipient_Street", s."Recipient_PostalCode", s."Recipient_City", s."Recipient_Country", s."PromisedOn", s.xmin
FROM shipping."Shipments" AS s
WHERE s."Barcode" = @__barcode_0
LIMIT 2;
SELECT t."Id", t."Barcode", t."State", t."PromisedOn", e0."Id", e0."ShipmentId", e0."Code", e0."DepotId", e0."At", e0."Latitude", e0."Longitude", e0."Remark", d."Id", d."Name", d."City", d."TimeZone", p."Id", p."ShipmentId", p."LengthCm", p."WidthCm", p."HeightCm", p."WeightKg", p."Contents", p."DeclaredValue", c."Id", c."ParcelId", c."TariffNumber", c."Origin", c."Quantity", c."UnitValue", c."Currency"
FROM (
    SELECT s."Id", s."Barcode", s."State", s."PromisedOn"
    FROM shipping."Shipments" AS s
    WHERE s."CustomerId" = @__customerId_0 AND s."CreatedAt" >= @__from_1
    ORDER BY s."CreatedAt" DESC
    LIMIT @__p_2
) AS t
LEFT JOIN shipping."Events" AS e0 ON t."Id" = e0."ShipmentId"
LEFT JOIN shipping."Depots" AS d ON e0."DepotId" = d."Id"
LEFT JOIN shipping."Parcels" AS p ON t."Id" = p."ShipmentId"
LEFT JOIN shipping."CustomsItems" AS c ON p."Id" = c."ParcelId"
ORDER BY t."Id", e0."Id", d."Id", p."Id";
SELECT t0."Id", t0."Name", t0."Plate", t0."Stops", t0."Done", COALESCE(t0."Load", 0.0) AS "Load"
FROM (
    SELECT t."Id", t."Name", v."Plate", (
        SELECT count(*)::int
        FROM shipping."Stops" AS s
        WHERE t."Id" = s."TourId") AS "Stops", (
        SELECT count(*)::int
        FROM shipping."Stops" AS s0
        WHERE t."Id" = s0."TourId" AND s0."DeliveredAt" IS NOT NULL) AS "Done", (
        SELECT sum(p."WeightKg")
        FROM shipping."Stops" AS s1
        INNER JOIN shipping."Parcels" AS p ON s1."ShipmentId" = p."ShipmentId"
        WHERE t."Id" = s1."TourId") AS "Load"
    FROM shipping."Tours" AS t
    LEFT JOIN shipping."Vehicles" AS v ON t."VehicleId" = v."Id"
    WHERE t."Day" = @__day_0 AND t."DepotId" = @__depotId_1
) AS t0
WHERE t0."Stops" > 0
ORDER BY t0."Name";
SELECT v."Id", v."Plate", v."Discriminator", v."AxleCount", v."PayloadKg", v."BatteryKwh"
FROM shipping."Vehicles" AS v
WHERE v."Discriminator" = 'ElectricVan' AND NOT (EXISTS (
    SELECT 1
    FROM shipping."Maintenance" AS m
    WHERE v."Id" = m."VehicleId" AND m."FromDay" <= @__day_0 AND m."ToDay" >= @__day_0));
SELECT s."State", count(*) FILTER (WHERE s."PromisedOn" < @__today_0)::int AS "Late", count(*)::int AS "All"
FROM shipping."Shipments" AS s
WHERE s."DepotId" IN (3, 7, 11) AND (s."DeliveredAt" IS NULL)
GROUP BY s."State"
ORDER BY count(*)::int DESC;
SELECT COALESCE(max(s."Position"), 0) + 1
FROM shipping."Stops" AS s
WHERE s."TourId" = @__tourId_0;
SELECT z."Id", z."Name"
FROM shipping."Zones" AS z
WHERE @__postalCode_0 >= z."FromPostalCode" AND @__postalCode_0 <= z."ToPostalCode" AND z."Country" = @__country_1
ORDER BY length(z."FromPostalCode") DESC
LIMIT 1;
SELECT r."Price", r."FuelSurcharge" * 0.01 * r."Price" AS "Surcharge"
FROM shipping."Rates" AS r
WHERE r."ZoneId" = @__zoneId_0 AND r."ProductCode" = @__product_1 AND r."MaxWeightKg" >= @__weight_2
ORDER BY r."MaxWeightKg"
LIMIT 1;
SELECT CASE
    WHEN s."DeliveredAt" IS NULL THEN NULL
    ELSE floor(date_part('epoch', s."DeliveredAt" - s."CreatedAt") / 3600.0)::int
END AS "Hours", s."Recipient_Country" AS "Country"
FROM shipping."Shipments" AS s
WHERE s."CreatedAt" >= @__since_0;
SELECT u."Id", u."AccessFailedCount", u."ConcurrencyStamp", u."Email", u."EmailConfirmed", u."LockoutEnabled", u."LockoutEnd", u."NormalizedEmail", u."NormalizedUserName", u."PasswordHash", u."PhoneNumber", u."PhoneNumberConfirmed", u."SecurityStamp", u."TwoFactorEnabled", u."UserName"
FROM "AspNetUsers" AS u
WHERE u."NormalizedUserName" = @__normalizedUserName_0
LIMIT 1;
SELECT r."Name"
FROM "AspNetUserRoles" AS u
INNER JOIN "AspNetRoles" AS r ON u."RoleId" = r."Id"
WHERE u."UserId" = @__userId_0;
SELECT EXISTS (
    SELECT 1 FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relname = '__EFMigrationsHistory'
);
SELECT "MigrationId", "ProductVersion"
FROM "__EFMigrationsHistory"
ORDER BY "MigrationId";
SELECT o."Id", o."Type", o."Content"
FROM "OutboxMessages" AS o
WHERE o."ProcessedAt" IS NULL AND o."Attempts" < 5
ORDER BY o."OccurredAt"
LIMIT 100
FOR UPDATE SKIP LOCKED;
SELECT t."DepotId" AS "Key", avg(t."Delay")::double precision AS "Average"
FROM (
    SELECT s."DepotId", date_part('epoch', s."ArrivedAt" - s."PlannedAt") / 60.0 AS "Delay"
    FROM shipping."Stops" AS s
    WHERE s."ArrivedAt" IS NOT NULL AND date_trunc('day', s."PlannedAt" AT TIME ZONE 'UTC') = @__day_0
) AS t
GROUP BY t."DepotId"
HAVING avg(t."Delay")::double precision > 15.0;
SELECT "logistics_pallet"."id", "logistics_pallet"."code", "logistics_pallet"."location_id", "logistics_location"."id", "logistics_location"."aisle", "logistics_location"."rack", "logistics_location"."level" FROM "logistics_pallet" INNER JOIN "logistics_location" ON ("logistics_pallet"."location_id" = "logistics_location"."id") WHERE ("logistics_location"."warehouse_id" = 2 AND "logistics_pallet"."code"::text LIKE 'EUR%') ORDER BY "logistics_location"."aisle" ASC, "logistics_location"."rack" ASC, "logistics_location"."level" DESC;
SELECT "logistics_sku"."id", SUM("logistics_stock"."quantity") AS "on_hand", SUM("logistics_stock"."quantity") FILTER (WHERE "logistics_stock"."blocked") AS "blocked" FROM "logistics_sku" LEFT OUTER JOIN "logistics_stock" ON ("logistics_sku"."id" = "logistics_stock"."sku_id") GROUP BY "logistics_sku"."id" HAVING SUM("logistics_stock"."quantity") < ("logistics_sku"."minimum") ORDER BY "on_hand" ASC NULLS FIRST;
SELECT "logistics_location"."id" FROM "logistics_location" WHERE ("logistics_location"."warehouse_id" = 2 AND NOT EXISTS(SELECT 1 AS "a" FROM "logistics_pallet" U1 WHERE U1."location_id" = ("logistics_location"."id") LIMIT 1) AND "logistics_location"."max_weight" >= 800) ORDER BY "logistics_location"."level" ASC LIMIT 1 FOR UPDATE SKIP LOCKED;
SELECT "logistics_pick"."id", "logistics_pick"."quantity", RANK() OVER (PARTITION BY "logistics_pick"."wave_id" ORDER BY "logistics_pick"."sequence") AS "place" FROM "logistics_pick" WHERE ("logistics_pick"."picked_at" IS NULL AND "logistics_pick"."wave_id" IN (SELECT U0."id" FROM "logistics_wave" U0 WHERE U0."state" = 'released'));
SELECT (("logistics_carrier"."contract" -> 'cutoff') #>> '{mon,time}') AS "cutoff", "logistics_carrier"."name" FROM "logistics_carrier" WHERE "logistics_carrier"."contract" ? 'cutoff' ORDER BY "logistics_carrier"."name" ASC;
SELECT DATE_TRUNC('week', "logistics_movement"."at" AT TIME ZONE 'UTC') AS "week", "logistics_movement"."kind", COUNT(DISTINCT "logistics_movement"."pallet_id") AS "pallets" FROM "logistics_movement" WHERE "logistics_movement"."at" >= '2024-01-01T00:00:00+00:00'::timestamptz GROUP BY 1, "logistics_movement"."kind" ORDER BY 1 DESC, "logistics_movement"."kind" ASC;
SELECT "logistics_order"."id", "logistics_order"."ref", (CASE WHEN ("logistics_order"."due" < ('2024-05-14T10:00:00+00:00'::timestamptz + '0 days 7200.000000 seconds'::interval)) THEN 'urgent' WHEN "logistics_order"."express" THEN 'express' ELSE 'normal' END) AS "lane" FROM "logistics_order" WHERE "logistics_order"."state" IN ('new', 'allocated') ORDER BY 3 ASC;
SELECT COUNT(*) FROM (SELECT DISTINCT "logistics_order"."id" AS "col1", "logistics_order"."ref" AS "col2" FROM "logistics_order" INNER JOIN "logistics_orderline" ON ("logistics_order"."id" = "logistics_orderline"."order_id") WHERE "logistics_orderline"."sku_id" = 88) subquery;
SELECT "logistics_dock"."id", ARRAY_AGG("logistics_slot"."starts" ORDER BY "logistics_slot"."starts") FILTER (WHERE "logistics_slot"."booked_by_id" IS NULL) AS "free" FROM "logistics_dock" LEFT OUTER JOIN "logistics_slot" ON ("logistics_dock"."id" = "logistics_slot"."dock_id") GROUP BY "logistics_dock"."id";
SELECT "logistics_route"."id", "logistics_route"."name", AVG("logistics_stop"."minutes") AS "avg", STDDEV_POP("logistics_stop"."minutes") AS "dev" FROM "logistics_route" INNER JOIN "logistics_stop" ON ("logistics_route"."id" = "logistics_stop"."route_id") WHERE NOT ("logistics_stop"."skipped" AND "logistics_stop"."skipped" IS NOT NULL) GROUP BY "logistics_route"."id", "logistics_route"."name";
SELECT "logistics_batch"."id", "logistics_batch"."best_before" FROM "logistics_batch" WHERE ("logistics_batch"."sku_id" = 88 AND "logistics_batch"."best_before" IS NOT NULL AND "logistics_batch"."best_before" > '2024-06-13'::date AND "logistics_batch"."remaining" > 0) ORDER BY "logistics_batch"."best_before" ASC LIMIT 1;
SELECT "logistics_asset"."id", ST_AsText("logistics_asset"."position") AS "position" FROM "logistics_asset" WHERE ST_DWithin("logistics_asset"."position", ST_GeomFromEWKB('\001'::bytea), 500.0) ORDER BY "logistics_asset"."id" ASC;
SELECT "logistics_claim"."id", LEAST("logistics_claim"."amount", "logistics_claim"."insured") AS "payable" FROM "logistics_claim" WHERE ("logistics_claim"."decided_on" IS NULL AND ("logistics_claim"."amount" > "logistics_claim"."insured" OR "logistics_claim"."photos" = 0));
SELECT "logistics_driver"."id", "logistics_driver"."name" FROM "logistics_driver" WHERE ("logistics_driver"."licence_until" BETWEEN '2024-05-14'::date AND '2024-06-14'::date OR "logistics_driver"."licence_until" IS NULL) ORDER BY "logistics_driver"."licence_until" ASC NULLS FIRST, "logistics_driver"."name" ASC;
SELECT "logistics_sku"."id", SUBSTRING("logistics_sku"."ean" FROM 1 FOR 7) AS "gs1" FROM "logistics_sku" WHERE CHAR_LENGTH("logistics_sku"."ean") = 13;
INSERT INTO shipping."Shipments" ("Barcode", "CreatedAt", "CustomerId", "DepotId", "PromisedOn", "State", "WeightKg", "Recipient_City", "Recipient_Country", "Recipient_Name", "Recipient_PostalCode", "Recipient_Street", "Sender_City", "Sender_Country", "Sender_Name", "Sender_PostalCode", "Sender_Street")
VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p13, @p14, @p15, @p16)
RETURNING "Id", xmin;
INSERT INTO shipping."Events" ("At", "Code", "DepotId", "Latitude", "Longitude", "Remark", "ShipmentId")
VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6),
(@p7, @p8, @p9, @p10, @p11, @p12, @p13),
(@p14, @p15, @p16, @p17, @p18, @p19, @p20),
(@p21, @p22, @p23, @p24, @p25, @p26, @p27),
(@p28, @p29, @p30, @p31, @p32, @p33, @p34),
(@p35, @p36, @p37, @p38, @p39, @p40, @p41),
(@p42, @p43, @p44, @p45, @p46, @p47, @p48),
(@p49, @p50, @p51, @p52, @p53, @p54, @p55),
(@p56, @p57, @p58, @p59, @p60, @p61, @p62),
(@p63, @p64, @p65, @p66, @p67, @p68, @p69),
(@p70, @p71, @p72, @p73, @p74, @p75, @p76),
(@p77, @p78, @p79, @p80, @p81, @p82, @p83)
RETURNING "Id";
INSERT INTO "OutboxMessages" ("Id", "Content", "OccurredAt", "Type") VALUES (@p0, @p1, @p2, @p3);
INSERT INTO "logistics_movement" ("pallet_id", "from_location_id", "to_location_id", "kind", "at", "by_id") VALUES (9911, 40112, 40987, 'relocate', '2024-05-14T09:12:40.551002+00:00'::timestamptz, 17) RETURNING "logistics_movement"."id";
INSERT INTO "logistics_stock" ("sku_id", "location_id", "quantity", "blocked") VALUES (88, 40987, 48, false) ON CONFLICT("sku_id", "location_id") DO UPDATE SET "quantity" = EXCLUDED."quantity", "blocked" = EXCLUDED."blocked" RETURNING "logistics_stock"."id";
INSERT INTO "AspNetUserTokens" ("UserId", "LoginProvider", "Name", "Value") VALUES (@p0, @p1, @p2, @p3);
UPDATE shipping."Shipments" SET "DeliveredAt" = @p0, "State" = @p1
WHERE "Id" = @p2 AND xmin = @p3
RETURNING xmin;
UPDATE shipping."Stops" AS s
SET "Position" = s."Position" - 1
WHERE s."TourId" = @__tourId_0 AND s."Position" > @__position_1;
UPDATE "OutboxMessages" SET "Attempts" = @p0, "ProcessedAt" = @p1 WHERE "Id" = @p2;
UPDATE "logistics_pallet" SET "location_id" = 40987, "moved_at" = STATEMENT_TIMESTAMP() WHERE "logistics_pallet"."id" = 9911;
UPDATE "logistics_stock" SET "quantity" = ("logistics_stock"."quantity" - 12) WHERE ("logistics_stock"."sku_id" = 88 AND "logistics_stock"."location_id" = 40112 AND "logistics_stock"."quantity" >= 12);
DELETE FROM shipping."Stops" AS s
WHERE s."TourId" = @__tourId_0 AND EXISTS (
    SELECT 1
    FROM shipping."Shipments" AS s0
    WHERE s."ShipmentId" = s0."Id" AND s0."State" = 9);
DELETE FROM "OutboxMessages" AS o
WHERE o."ProcessedAt" IS NOT NULL AND o."ProcessedAt" < now() - INTERVAL '7 days';
DELETE FROM "logistics_pick" WHERE "logistics_pick"."wave_id" IN (SELECT U0."id" FROM "logistics_wave" U0 WHERE (U0."state" = 'cancelled' AND U0."created" < '2024-05-01'::date));
DROP TABLE shipping."StopArchive";
CREATE TABLE shipping."Shipments" (
    "Id" bigint GENERATED ALWAYS AS IDENTITY,
    "Barcode" character varying(32) NOT NULL,
    "CreatedAt" timestamp with time zone NOT NULL,
    "CustomerId" uuid NOT NULL,
    "DepotId" integer NOT NULL,
    "State" smallint NOT NULL,
    "WeightKg" double precision NOT NULL,
    "PromisedOn" date,
    "DeliveredAt" timestamp with time zone,
    "Sender_Name" character varying(200) NOT NULL,
    "Sender_Street" character varying(200) NOT NULL,
    "Sender_PostalCode" character varying(16) NOT NULL,
    "Sender_City" character varying(100) NOT NULL,
    "Sender_Country" character(2) NOT NULL,
    "Recipient_Name" character varying(200) NOT NULL,
    "Recipient_Street" character varying(200) NOT NULL,
    "Recipient_PostalCode" character varying(16) NOT NULL,
    "Recipient_City" character varying(100) NOT NULL,
    "Recipient_Country" character(2) NOT NULL,
    CONSTRAINT "PK_Shipments" PRIMARY KEY ("Id"),
    CONSTRAINT "AK_Shipments_Barcode" UNIQUE ("Barcode"),
    CONSTRAINT "FK_Shipments_Depots_DepotId" FOREIGN KEY ("DepotId") REFERENCES shipping."Depots" ("Id") ON DELETE RESTRICT
);
CREATE INDEX "IX_Events_ShipmentId_At" ON shipping."Events" ("ShipmentId", "At") INCLUDE ("Code", "DepotId");
ALTER TABLE shipping."Stops" ALTER COLUMN "PlannedAt" TYPE timestamp with time zone USING "PlannedAt" AT TIME ZONE 'UTC';
CREATE SEQUENCE shipping."BarcodeNumbers" START WITH 100000 INCREMENT BY 10 CACHE 100;
ALTER TABLE "logistics_pallet" ADD COLUMN "moved_at" timestamp with time zone DEFAULT '2024-05-14T00:00:00+00:00'::timestamptz NOT NULL;
SET LOCAL statement_timeout = 30000;

-- Logistics, as people write it.
WITH last_event AS (
  SELECT DISTINCT ON (shipment_id) shipment_id, code, depot_id, at
  FROM events
  WHERE at > now() - interval '30 days'
  ORDER BY shipment_id, at DESC
), stuck AS (
  SELECT s.id, s.barcode, s.promised_on, e.code, e.depot_id, now() - e.at AS idle
  FROM shipments s
  JOIN last_event e ON e.shipment_id = s.id
  WHERE s.delivered_at IS NULL AND e.at < now() - interval '36 hours'
)
SELECT d.name AS depot, c.text AS last_scan, count(*) AS parcels,
       max(idle) AS longest, count(*) FILTER (WHERE promised_on < current_date) AS already_late
FROM stuck
JOIN depots d ON d.id = stuck.depot_id
JOIN event_codes c ON c.code = stuck.code
GROUP BY d.name, c.text
ORDER BY parcels DESC, depot;
WITH RECURSIVE bom AS (
  SELECT b.part_id, b.component_id, b.quantity::numeric AS quantity, 1 AS level, ARRAY[b.part_id, b.component_id] AS path, false AS cycle
  FROM bill_of_materials b
  WHERE b.part_id = 4711
  UNION ALL
  SELECT b.part_id, b.component_id, p.quantity * b.quantity, p.level + 1, p.path || b.component_id, b.component_id = ANY (p.path)
  FROM bill_of_materials b
  JOIN bom p ON p.component_id = b.part_id
  WHERE NOT p.cycle
)
SELECT c.sku, c.name, sum(bom.quantity) AS needed, coalesce(st.on_hand, 0) AS on_hand,
       greatest(sum(bom.quantity) - coalesce(st.on_hand, 0), 0) AS missing
FROM bom
JOIN components c ON c.id = bom.component_id
LEFT JOIN (SELECT component_id, sum(quantity) AS on_hand FROM stock GROUP BY component_id) st ON st.component_id = c.id
WHERE NOT EXISTS (SELECT 1 FROM bill_of_materials deeper WHERE deeper.part_id = bom.component_id)
GROUP BY c.sku, c.name, st.on_hand
HAVING sum(bom.quantity) > coalesce(st.on_hand, 0)
ORDER BY missing DESC;
WITH RECURSIVE route AS (
  SELECT l.to_depot, l.minutes, ARRAY[l.from_depot, l.to_depot] AS depots, l.cost
  FROM links l
  WHERE l.from_depot = $1
  UNION ALL
  SELECT l.to_depot, r.minutes + l.minutes + 45, r.depots || l.to_depot, r.cost + l.cost
  FROM route r
  JOIN links l ON l.from_depot = r.to_depot
  WHERE l.to_depot <> ALL (r.depots) AND array_length(r.depots, 1) < 5
)
SELECT depots, minutes, cost FROM route WHERE to_depot = $2 ORDER BY cost, minutes LIMIT 3;
SELECT carrier,
       count(*) AS shipments,
       round(100.0 * count(*) FILTER (WHERE delivered_at::date <= promised_on) / count(*), 1) AS on_time,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY delivered_at - picked_up_at) AS median_transit,
       sum(claims.amount) AS claims
FROM shipments
LEFT JOIN claims ON claims.shipment_id = shipments.id AND claims.state = 'accepted'
WHERE picked_up_at >= date_trunc('quarter', now()) - interval '3 months'
  AND picked_up_at < date_trunc('quarter', now())
  AND delivered_at IS NOT NULL
GROUP BY carrier
ORDER BY on_time DESC;
SELECT s.sku, l.aisle || '-' || l.rack || '-' || l.level AS place, st.quantity, sum(st.quantity) OVER (PARTITION BY s.sku ORDER BY st.best_before, l.aisle, l.rack) AS cumulated
FROM stock st
JOIN skus s ON s.id = st.sku_id
JOIN locations l ON l.id = st.location_id
WHERE s.sku = ANY (string_to_array($1, ',')) AND NOT st.blocked
ORDER BY s.sku, st.best_before, l.aisle, l.rack;
SELECT t.id, t.name, v.plate, count(st.id) AS stops, sum(p.weight_kg) AS load, round(sum(p.weight_kg) / v.payload_kg * 100) AS filled
FROM tours t
JOIN vehicles v ON v.id = t.vehicle_id
JOIN stops st ON st.tour_id = t.id
JOIN parcels p ON p.shipment_id = st.shipment_id
WHERE t.day = current_date
GROUP BY t.id, t.name, v.plate, v.payload_kg
HAVING sum(p.weight_kg) > v.payload_kg * 0.9;
SELECT h.hour, i.n AS arrived, o.n AS departed FROM generate_series(0, 23) AS h(hour) LEFT JOIN (SELECT extract(hour FROM at) AS hour, count(*) AS n FROM scans WHERE code = 'IN' GROUP BY 1) i USING (hour) LEFT JOIN (SELECT extract(hour FROM at) AS hour, count(*) AS n FROM scans WHERE code = 'OUT' GROUP BY 1) o USING (hour) ORDER BY hour;
SELECT sku, value, round(100 * sum(value) OVER (ORDER BY value DESC) / sum(value) OVER (), 1) AS cumulated, CASE WHEN sum(value) OVER (ORDER BY value DESC) <= 0.8 * sum(value) OVER () THEN 'A' WHEN sum(value) OVER (ORDER BY value DESC) <= 0.95 * sum(value) OVER () THEN 'B' ELSE 'C' END AS class FROM (SELECT sku, sum(quantity * unit_cost) AS value FROM issues WHERE issued_on > current_date - 365 GROUP BY sku) v;
SELECT barcode FROM shipments WHERE barcode SIMILAR TO '[A-Z]{2}[0-9]{9}[A-Z]{2}' AND upper(recipient_country) NOT IN ('DE', 'AT', 'CH');
SELECT c.id, c.sealed_at, (SELECT json_agg(x) FROM (SELECT p.barcode, p.weight_kg FROM parcels p WHERE p.container_id = c.id ORDER BY p.loaded_at) x) AS parcels FROM containers c WHERE c.id = $1;
SELECT zone, min(max_weight_kg) FILTER (WHERE price <= 10) AS cheap_from, array_agg(price ORDER BY max_weight_kg) AS prices FROM rates WHERE product = 'parcel' AND now() <@ valid GROUP BY zone;
SELECT p.id, ceil(p.length_cm * p.width_cm * p.height_cm / 5000.0) AS volumetric, greatest(p.weight_kg, ceil(p.length_cm * p.width_cm * p.height_cm / 5000.0)) AS billed FROM parcels p WHERE p.shipment_id = 88 ORDER BY 1;
SELECT driver_id, sum(ended_at - started_at) AS driven, bool_or(ended_at - started_at > interval '4 hours 30 minutes') AS without_break FROM driving_blocks WHERE started_at >= date_trunc('day', now()) GROUP BY driver_id HAVING sum(ended_at - started_at) > '9 hours'::interval;
SELECT a.sku_id, a.location_id AS from_location, b.location_id AS to_location, least(a.quantity - 40, 40 - b.quantity) AS move FROM stock a, stock b WHERE a.sku_id = b.sku_id AND a.quantity > 80 AND b.quantity < 10 AND b.location_id IN (SELECT id FROM locations WHERE zone = 'pick');
SELECT to_char(at, 'HH24:MI') || '  ' || coalesce(c.text, 'code ' || e.code) || coalesce(' (' || d.city || ')', '') AS line FROM events e LEFT JOIN event_codes c ON c.code = e.code AND c.lang = $2 LEFT JOIN depots d ON d.id = e.depot_id WHERE e.shipment_id = (SELECT id FROM shipments WHERE barcode = $1) ORDER BY e.at DESC;
SELECT round(st_distance(a.position, b.position)::numeric / 1000, 1) AS km FROM depots a, depots b WHERE (a.code, b.code) = ('HAM2', 'MUC1');
SELECT o.ref, o.lines, count(pk.id) FILTER (WHERE pk.picked_at IS NOT NULL) AS picked FROM orders o LEFT JOIN picks pk ON pk.order_id = o.id WHERE o.wave_id = 55 GROUP BY o.id HAVING count(pk.id) FILTER (WHERE pk.picked_at IS NOT NULL) < o.lines;
SELECT warehouse, sku, balance, (balance / nullif(daily, 0))::int AS days_of_cover FROM (SELECT warehouse, sku, sum(quantity) AS balance, abs(sum(quantity) FILTER (WHERE quantity < 0 AND at > now() - interval '28 days')) / 28.0 AS daily FROM movements GROUP BY warehouse, sku) m WHERE balance / nullif(daily, 0) < 14 ORDER BY 4;
SELECT id FROM pallets WHERE location_id = $1 AND NOT locked ORDER BY moved_at LIMIT 1 FOR UPDATE;
SELECT coalesce(sys.sku, cnt.sku) AS sku, coalesce(sys.location, cnt.location) AS location, sys.quantity AS system, cnt.quantity AS counted, (coalesce(cnt.quantity, 0) - coalesce(sys.quantity, 0)) * k.unit_cost AS value FROM system_stock sys FULL OUTER JOIN cycle_counts cnt ON cnt.sku = sys.sku AND cnt.location = sys.location AND cnt.count_id = 9 LEFT JOIN skus k ON k.sku = coalesce(sys.sku, cnt.sku) WHERE coalesce(sys.quantity, 0) <> coalesce(cnt.quantity, 0);
SELECT country, substring(postal_code, 1, 2) AS region, count(*) FROM shipments GROUP BY GROUPING SETS ((country), (country, region)) HAVING count(*) > 100;
SELECT n.name FROM carriers n WHERE n.contract->'services' ?& array['express', 'saturday'] AND (n.contract->>'max_weight')::numeric >= 31.5 AND n.contract @> '{"countries": ["AT"]}';
SELECT string_agg(DISTINCT hs_code, ',' ORDER BY hs_code) AS codes, sum(quantity * unit_value) AS value, bool_and(origin = 'EU') AS preferential FROM customs_items WHERE parcel_id IN (SELECT id FROM parcels WHERE shipment_id = $1);
SELECT x.tour_id, x.position, x.planned, x.planned + sum(x.late) OVER (PARTITION BY x.tour_id ORDER BY x.position) AS expected FROM (SELECT tour_id, position, planned_at AS planned, coalesce(arrived_at - planned_at, interval '0') - lag(coalesce(arrived_at - planned_at, interval '0'), 1, interval '0') OVER (PARTITION BY tour_id ORDER BY position) AS late FROM stops) x;
SELECT date_trunc('month', month)::date AS month, (lag(volume, 1) OVER o + lag(volume, 2) OVER o + lag(volume, 3) OVER o) / 3 AS forecast, volume FROM monthly_volumes WINDOW o AS (ORDER BY month) ORDER BY month;
SELECT tracking.* FROM shipments s, LATERAL (SELECT e.at, e.code FROM events e WHERE e.shipment_id = s.id ORDER BY e.at LIMIT 5) AS tracking WHERE s.reference = '4500017722' AND s.customer_id = 12;
SELECT dock, starts FROM generate_series(1, 6) AS dock CROSS JOIN generate_series(date_trunc('day', now()) + interval '6 hours', date_trunc('day', now()) + interval '18 hours', interval '30 minutes') AS starts EXCEPT SELECT dock, starts FROM dock_bookings ORDER BY starts, dock LIMIT 12;
select i.number, i.issued_on, sum(l.amount) as net from invoices i join invoice_lines l on l.invoice_id = i.id where i.customer_id = 12 and i.issued_on between '2024-04-01' and '2024-04-30' group by i.id having sum(l.amount) > 0 order by i.number;
SELECT v.plate, v.next_inspection, v.odometer - s.odometer AS since_service FROM vehicles v LEFT JOIN LATERAL (SELECT odometer FROM services WHERE vehicle_id = v.id ORDER BY serviced_on DESC LIMIT 1) s ON true WHERE v.next_inspection < current_date + interval '1 month' OR v.odometer - s.odometer > 30000;
SELECT count(*) FROM (SELECT shipment_id FROM events WHERE code = 'LOST' EXCEPT SELECT shipment_id FROM events WHERE code = 'FOUND') AS missing;
INSERT INTO rates (zone, product, max_weight_kg, price, valid) VALUES
  ('DE', 'parcel', 2, 4.90, '[2024-01-01,2025-01-01)'), ('DE', 'parcel', 5, 5.90, '[2024-01-01,2025-01-01)'), ('DE', 'parcel', 10, 8.50, '[2024-01-01,2025-01-01)'), ('DE', 'parcel', 20, 13.90, '[2024-01-01,2025-01-01)'), ('DE', 'parcel', 31.5, 17.90, '[2024-01-01,2025-01-01)'),
  ('EU1', 'parcel', 2, 9.90, '[2024-01-01,2025-01-01)'), ('EU1', 'parcel', 5, 12.90, '[2024-01-01,2025-01-01)'), ('EU1', 'parcel', 10, 17.40, '[2024-01-01,2025-01-01)'), ('EU1', 'parcel', 20, 26.90, '[2024-01-01,2025-01-01)'), ('EU1', 'parcel', 31.5, 38.20, '[2024-01-01,2025-01-01)'),
  ('EU2', 'parcel', 2, 12.40, '[2024-01-01,2025-01-01)'), ('EU2', 'parcel', 5, 16.90, '[2024-01-01,2025-01-01)'), ('EU2', 'parcel', 10, 22.50, '[2024-01-01,2025-01-01)'), ('EU2', 'parcel', 20, 34.00, '[2024-01-01,2025-01-01)'), ('EU2', 'parcel', 31.5, 47.80, '[2024-01-01,2025-01-01)'),
  ('CH', 'parcel', 2, 14.90, '[2024-01-01,2025-01-01)'), ('CH', 'parcel', 5, 19.90, '[2024-01-01,2025-01-01)'), ('CH', 'parcel', 10, 27.90, '[2024-01-01,2025-01-01)'), ('CH', 'parcel', 20, 41.50, '[2024-01-01,2025-01-01)'), ('CH', 'parcel', 31.5, 58.00, '[2024-01-01,2025-01-01)'),
  ('UK', 'parcel', 2, 15.90, '[2024-01-01,2025-01-01)'), ('UK', 'parcel', 5, 21.40, '[2024-01-01,2025-01-01)'), ('UK', 'parcel', 10, 29.90, '[2024-01-01,2025-01-01)'), ('UK', 'parcel', 20, 44.90, '[2024-01-01,2025-01-01)'), ('UK', 'parcel', 31.5, 63.50, '[2024-01-01,2025-01-01)'),
  ('US', 'parcel', 2, 24.90, '[2024-01-01,2025-01-01)'), ('US', 'parcel', 5, 38.90, '[2024-01-01,2025-01-01)'), ('US', 'parcel', 10, 61.00, '[2024-01-01,2025-01-01)'), ('US', 'parcel', 20, 98.00, '[2024-01-01,2025-01-01)'), ('US', 'parcel', 31.5, NULL, '[2024-01-01,2025-01-01)'),
  ('DE', 'letter', 0.02, 0.85, '[2024-01-01,2025-01-01)'), ('DE', 'letter', 0.05, 1.00, '[2024-01-01,2025-01-01)'), ('DE', 'letter', 0.5, 1.60, '[2024-01-01,2025-01-01)'), ('DE', 'letter', 1, 2.75, '[2024-01-01,2025-01-01)'),
  ('EU1', 'letter', 0.02, 1.10, '[2024-01-01,2025-01-01)'), ('EU1', 'letter', 0.05, 1.70, '[2024-01-01,2025-01-01)'), ('EU1', 'letter', 0.5, 3.70, '[2024-01-01,2025-01-01)'), ('EU1', 'letter', 2, 17.00, '[2024-01-01,2025-01-01)'),
  ('US', 'letter', 0.02, 1.10, '[2024-01-01,2025-01-01)'), ('US', 'letter', 0.05, 1.70, '[2024-01-01,2025-01-01)'), ('US', 'letter', 0.5, 3.70, '[2024-01-01,2025-01-01)'), ('US', 'letter', 2, 17.00, '[2024-01-01,2025-01-01)'),
  ('DE', 'pallet', 300, 89.00, '[2024-01-01,2024-07-01)'), ('DE', 'pallet', 600, 129.00, '[2024-01-01,2024-07-01)'), ('DE', 'pallet', 1200, 189.00, '[2024-01-01,2024-07-01)'),
  ('EU1', 'pallet', 300, 149.00, '[2024-01-01,2024-07-01)'), ('EU1', 'pallet', 600, 219.00, '[2024-01-01,2024-07-01)'), ('EU1', 'pallet', 1200, 329.00, '[2024-01-01,2024-07-01)')
ON CONFLICT (zone, product, max_weight_kg, valid) DO UPDATE SET price = excluded.price
RETURNING id, zone, product, max_weight_kg;
WITH input AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(barcode text, code text, depot text, at timestamptz, lat float8, lon float8)
), known AS (
  SELECT s.id AS shipment_id, i.*, d.id AS depot_id
  FROM input i
  JOIN shipments s ON s.barcode = i.barcode
  LEFT JOIN depots d ON d.code = i.depot
), added AS (
  INSERT INTO events (shipment_id, code, depot_id, at, latitude, longitude)
  SELECT shipment_id, code, depot_id, at, lat, lon FROM known
  ON CONFLICT (shipment_id, code, at) DO NOTHING
  RETURNING shipment_id, code, at
), delivered AS (
  UPDATE shipments s
  SET delivered_at = a.at, state = 'delivered'
  FROM added a
  WHERE a.shipment_id = s.id AND a.code = 'DLV' AND s.delivered_at IS NULL
  RETURNING s.id
)
INSERT INTO unknown_scans (barcode, payload, seen_at)
SELECT i.barcode, to_jsonb(i), now()
FROM input i
WHERE NOT EXISTS (SELECT 1 FROM shipments s WHERE s.barcode = i.barcode)
RETURNING barcode;
INSERT INTO stops (tour_id, position, shipment_id, planned_at) SELECT $1, row_number() OVER (ORDER BY z.sequence, s.recipient_postal_code), s.id, $2::timestamptz + row_number() OVER (ORDER BY z.sequence, s.recipient_postal_code) * interval '6 minutes' FROM shipments s JOIN zones z ON s.recipient_postal_code BETWEEN z.from_code AND z.to_code WHERE s.state = 'at_depot' AND s.depot_id = $3 AND z.tour_area = $4 LIMIT 80;
INSERT INTO claims (shipment_id, kind, amount) VALUES ($1, 'damaged', $2) ON CONFLICT (shipment_id) WHERE decided_on IS NULL DO UPDATE SET amount = greatest(claims.amount, excluded.amount) RETURNING id, amount;
INSERT INTO locations (warehouse_id, aisle, rack, level, max_weight) SELECT 2, a, r, l, CASE l WHEN 0 THEN 1500 ELSE 800 END FROM unnest('{A,B,C,D}'::text[]) a, generate_series(1, 30) r, generate_series(0, 4) l;
INSERT INTO event_codes (code, lang, text) VALUES ('IN', 'en', 'Arrived at depot'), ('OUT', 'en', 'Left the depot'), ('DLV', 'en', 'Delivered'), ('NTF', 'en', 'Recipient not found'), ('IN', 'de', 'Im Depot eingetroffen'), ('OUT', 'de', 'Depot verlassen'), ('DLV', 'de', 'Zugestellt'), ('NTF', 'de', 'Empfänger nicht angetroffen');
UPDATE stops SET position = n.position FROM (SELECT id, row_number() OVER (ORDER BY planned_at) AS position FROM stops WHERE tour_id = $1) n WHERE n.id = stops.id;
UPDATE stock s SET quantity = s.quantity - t.quantity, touched_at = now() FROM (SELECT sku_id, location_id, sum(quantity) AS quantity FROM picks WHERE wave_id = $1 AND picked_at IS NOT NULL GROUP BY sku_id, location_id) t WHERE (s.sku_id, s.location_id) = (t.sku_id, t.location_id) RETURNING s.sku_id, s.location_id, s.quantity;
UPDATE shipments SET promised_on = promised_on + CASE WHEN extract(isodow FROM promised_on) = 5 THEN 3 ELSE 1 END WHERE depot_id IN (SELECT depot_id FROM closures WHERE day = current_date) AND delivered_at IS NULL;
UPDATE vehicles SET odometer = $2, position = point($3, $4) WHERE id = $1 AND odometer <= $2;
UPDATE containers SET sealed_at = now(), seal = upper($2) WHERE id = $1 AND sealed_at IS NULL AND EXISTS (SELECT 1 FROM parcels WHERE container_id = containers.id) RETURNING *;
DELETE FROM picks p USING orders o WHERE o.id = p.order_id AND o.state = 'cancelled' AND p.picked_at IS NULL RETURNING p.sku_id, p.location_id, p.quantity;
WITH old AS (DELETE FROM events WHERE at < now() - interval '400 days' RETURNING *) SELECT date_trunc('month', at) AS month, count(*) AS removed FROM old GROUP BY 1;
DELETE FROM locations l WHERE l.warehouse_id = 3 AND NOT EXISTS (SELECT 1 FROM stock s WHERE s.location_id = l.id AND s.quantity <> 0);
CREATE TABLE shipments (
  id                    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  barcode               varchar(32) NOT NULL,
  customer_id           bigint NOT NULL REFERENCES customers (id),
  depot_id              integer REFERENCES depots (id),
  state                 text NOT NULL DEFAULT 'announced',
  weight_kg             real CHECK (weight_kg > 0 AND weight_kg < 1500),
  recipient_name        text NOT NULL,
  recipient_street      text NOT NULL,
  recipient_postal_code text NOT NULL,
  recipient_city        text NOT NULL,
  recipient_country     char(2) NOT NULL DEFAULT 'DE',
  reference             text,
  created_at            timestamptz NOT NULL DEFAULT now(),
  picked_up_at          timestamptz,
  promised_on           date,
  delivered_at          timestamptz,
  CONSTRAINT shipments_barcode UNIQUE (barcode),
  CONSTRAINT shipments_order CHECK (delivered_at >= picked_up_at)
);
CREATE INDEX shipments_open ON shipments (depot_id, promised_on) WHERE delivered_at IS NULL;
CREATE TEMP TABLE incoming (barcode text PRIMARY KEY, weight_kg numeric, payload jsonb) ON COMMIT DROP;
ALTER TABLE shipments ALTER COLUMN weight_kg SET DATA TYPE numeric(8, 3) USING round(weight_kg::numeric, 3), ALTER COLUMN depot_id SET NOT NULL;
RESET ALL;
