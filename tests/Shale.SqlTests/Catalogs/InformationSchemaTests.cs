using Shale.Sql.Tests.Translation;

namespace Shale.SqlTests;

/// <summary><c>information_schema</c> and the views of <c>pg_catalog</c> say of things of users what PostgreSQL says.</summary>
public sealed class InformationSchemaTests(CatalogFixture fixture) : IClassFixture<CatalogFixture>
{
    [PostgresTheory]
    [InlineData("SELECT table_schema, table_name, table_type, is_insertable_into, is_typed FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'")]
    [InlineData("SELECT table_name, column_name, ordinal_position, column_default, is_nullable, data_type, character_maximum_length, character_octet_length, numeric_precision, numeric_precision_radix, numeric_scale, datetime_precision, udt_name, is_identity, identity_generation, identity_start, identity_increment, identity_maximum, is_generated, generation_expression FROM information_schema.columns WHERE table_schema = 'public'")]
    [InlineData("SELECT constraint_name, table_name, constraint_type, is_deferrable, initially_deferred FROM information_schema.table_constraints WHERE table_schema = 'public' AND constraint_name NOT LIKE '%not_null'")]
    [InlineData("SELECT table_name, count(*) FROM information_schema.table_constraints WHERE constraint_schema = 'public' GROUP BY table_name")]
    [InlineData("SELECT constraint_name, table_name, column_name, ordinal_position, position_in_unique_constraint FROM information_schema.key_column_usage WHERE table_schema = 'public'")]
    [InlineData("SELECT constraint_name, unique_constraint_name, match_option, update_rule, delete_rule FROM information_schema.referential_constraints WHERE constraint_schema = 'public'")]
    [InlineData("SELECT table_name, column_name, constraint_name FROM information_schema.constraint_column_usage WHERE table_schema = 'public'")]
    [InlineData("SELECT table_name, constraint_name FROM information_schema.constraint_table_usage WHERE table_schema = 'public'")]
    [InlineData("SELECT constraint_name, check_clause FROM information_schema.check_constraints WHERE constraint_schema = 'public' AND constraint_name NOT LIKE '%not_null'")]
    [InlineData("SELECT sequence_name, data_type, numeric_precision, start_value, minimum_value, maximum_value, increment, cycle_option FROM information_schema.sequences WHERE sequence_schema = 'public'")]
    [InlineData("SELECT schema_name FROM information_schema.schemata WHERE schema_name <> 'pg_toast'")]
    [InlineData("SELECT * FROM pg_tables WHERE schemaname = 'public'")]
    [InlineData("SELECT * FROM pg_indexes WHERE schemaname = 'public'")]
    [InlineData("SELECT schemaname, sequencename, sequenceowner, data_type, start_value, min_value, max_value, increment_by, cycle, cache_size FROM pg_sequences")]
    [InlineData("SELECT relname, indkey, indkey[0], indoption, indkey[1], array_upper(indkey, 1), 1 = ANY(indkey), array_to_string(indkey, ','), indnkeyatts FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE c.relnamespace = 2200")]
    [InlineData("SELECT i.indexrelid::regclass, s.place, a.attname FROM pg_index i, generate_subscripts(i.indkey, 1) AS s(place), pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = i.indkey[s.place] AND i.indrelid IN ('book'::regclass, 'numbered'::regclass)")]
    [InlineData("SELECT c.conname, k.n, k.place FROM pg_constraint c, LATERAL unnest(c.conkey) WITH ORDINALITY AS k(n, place) WHERE c.conrelid >= 16384")]
    [InlineData("SELECT c.relname, (SELECT string_agg(a.attname, ',' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0) FROM pg_class c WHERE c.relkind IN ('r', 'v', 'i') AND c.relnamespace = 'public'::regnamespace")]
    [InlineData("SELECT typname, typlen, typtype, typcategory, typelem, typarray, typbyval, typalign, typstorage, typcollation, typispreferred, format_type(oid, NULL) FROM pg_type WHERE oid IN (16, 17, 18, 19, 20, 21, 22, 23, 25, 26, 114, 700, 701, 1000, 1005, 1007, 1042, 1043, 1082, 1114, 1184, 1186, 1231, 1700, 2205, 2950, 3802, 3807)")]
    [InlineData("SELECT pg_get_serial_sequence('book', 'id'), pg_get_serial_sequence('public.numbered', 'id'), 'book'::regclass, 'public.book'::regclass, to_regclass('nothing'), 'pg_class'::regclass, 'pg_class'::regclass::oid")]
    [InlineData("SELECT a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attlen, a.attbyval, a.attalign, a.attstorage, a.atttypmod, a.attidentity, a.attgenerated, a.attcollation FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE a.attnum > 0 AND c.relkind IN ('r', 'v') AND c.oid >= 16384")]
    [InlineData("SELECT EXISTS (SELECT FROM information_schema.tables WHERE table_schema = 'public' AND table_name = 'author'), EXISTS (SELECT FROM pg_class WHERE relname = 'nothing')")]
    [InlineData("SELECT schemaname, relname FROM pg_stat_user_tables UNION ALL SELECT relname, indexrelname FROM pg_stat_user_indexes")]
    [InlineData("SELECT typname FROM pg_type WHERE typinput = 'array_in'::regproc AND oid IN (1007, 1009, 23)")]
    [InlineData("SELECT 'array_in'::regproc, 'pg_catalog.array_in'::regproc::oid, 750::regproc")]
    [InlineData("SELECT t.table_name, k.column_name, c.table_name AS parent, c.column_name AS parent_column FROM information_schema.table_constraints t JOIN information_schema.key_column_usage k USING (constraint_name, table_schema) JOIN information_schema.constraint_column_usage c ON c.constraint_name = t.constraint_name WHERE t.constraint_type = 'FOREIGN KEY'")]
    [InlineData("SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = 'book'::regclass AND i.indisprimary")]
    [InlineData("SELECT s.relname, d.deptype, d.refobjsubid FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass WHERE s.relkind = 'S' AND d.refclassid = 'pg_class'::regclass")]
    [InlineData("SELECT c.relname, row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum), nullif(a.attidentity, ''), pg_get_expr(d.adbin, d.adrelid) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND c.relnamespace = 2200")]
    [InlineData("SELECT n.nspname, d.description FROM pg_namespace n LEFT JOIN pg_description d ON d.objoid = n.oid AND d.objsubid = 0 AND d.classoid = 'pg_namespace'::regclass WHERE n.nspname = 'public'")]
    [InlineData("SELECT x.indexrelid::regclass, u.number, u.way, u.place FROM pg_index x, unnest(x.indkey, x.indoption) WITH ORDINALITY AS u(number, way, place) WHERE x.indrelid::regclass::text IN ('author', 'book')")]
    [InlineData("SELECT indexrelid::regclass, indkey::varchar, CAST(indoption AS text), indclass::text <> '' FROM pg_index WHERE indrelid = 'book'::regclass")]
    [InlineData("SELECT typname FROM pg_type WHERE oid = ANY ('{int,text,timestamptz}'::regtype[])")]
    [InlineData("SELECT '{int,timestamptz,NULL}'::regtype[], '{author,book_title}'::regclass[], to_regprocedure('lower(text)'), to_regrole('nobody'), to_regrole('pg_database_owner')")]
    [InlineData("SELECT c.oid::regclass, i.type, i.schema, i.name, i.identity, pg_describe_object('pg_class'::regclass, c.oid, 0) FROM pg_class c, pg_identify_object('pg_class'::regclass, c.oid, 0) AS i WHERE c.relkind IN ('r', 'v', 'S', 'i') AND c.relnamespace = 2200")]
    [InlineData("SELECT i.type, i.schema, i.name, i.identity, pg_describe_object(x.class, x.object, x.part) FROM (SELECT 'pg_class'::regclass::oid AS class, attrelid AS object, attnum::int AS part FROM pg_attribute WHERE attnum > 0 AND attrelid IN ('author'::regclass, 'titles'::regclass, 'bare'::regclass) UNION ALL SELECT 'pg_constraint'::regclass, oid, 0 FROM pg_constraint WHERE conrelid <> 0 AND connamespace = 2200 UNION ALL SELECT 'pg_attrdef'::regclass, oid, 0 FROM pg_attrdef UNION ALL SELECT 'pg_type'::regclass, oid, 0 FROM pg_type WHERE typname IN ('int4', '_int4', 'text', '_text', 'varchar') UNION ALL SELECT 'pg_namespace'::regclass, 2200, 0) x, LATERAL pg_identify_object(x.class, x.object, x.part) i")]
    [InlineData("SELECT (pg_identify_object('pg_proc'::regclass, 'lower(text)'::regprocedure, 0)).identity, (pg_identify_object('pg_class'::regclass, 7, 0)).type, pg_describe_object('pg_class'::regclass, 7, 0)")]
    [InlineData("SELECT a.p, n.n, pg_index_column_has_property('book_title'::regclass, n.n, a.p) FROM unnest(ARRAY['asc', 'desc', 'nulls_first', 'nulls_last', 'orderable', 'returnable', 'search_array', 'nonsense']) AS a(p), generate_series(1, 3) AS n(n)")]
    [InlineData("SELECT table_name, column_name, udt_schema, udt_name FROM information_schema.column_udt_usage WHERE table_schema = 'public'")]
    [InlineData("SELECT c.column_name, c.data_type, e.data_type, e.udt_schema, e.udt_name, e.dtd_identifier FROM information_schema.columns c JOIN information_schema.element_types e ON (c.table_schema, c.table_name, 'TABLE', c.dtd_identifier) = (e.object_schema, e.object_name, e.object_type, e.collection_type_identifier) WHERE c.table_schema = 'public'")]
    [InlineData("SELECT a.attname, CASE WHEN EXISTS (SELECT FROM pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND pg_get_expr(d.adbin, d.adrelid) = 'nextval(''' || pg_get_serial_sequence(a.attrelid::regclass::text, a.attname)::regclass || '''::regclass)') THEN 'serial' ELSE 'plain' END FROM pg_attribute a WHERE a.attrelid = 'book'::regclass AND a.attnum > 0")]
    [InlineData("SELECT relname FROM pg_statio_user_sequences UNION ALL SELECT indexrelname FROM pg_statio_user_indexes UNION ALL SELECT tablename || attname FROM pg_stats WHERE schemaname = 'public' UNION ALL SELECT pid::text FROM pg_stat_progress_vacuum UNION ALL SELECT foreign_table_name FROM information_schema.foreign_tables UNION ALL SELECT count(*)::text FROM pg_stat_bgwriter")]
    [InlineData("SELECT c.relname, c.reltype > 0, t.typname, t.typtype, t.typcategory, t.typlen, t.typbyval, t.typalign, t.typstorage, t.typrelid = c.oid, t.typnamespace = c.relnamespace FROM pg_class c LEFT JOIN pg_type t ON t.oid = c.reltype WHERE c.relnamespace = 2200")]
    [InlineData("SELECT pg_get_viewdef('titles') = pg_get_viewdef('titles'::regclass)")]
    [InlineData("SELECT r.rolname, r.rolsuper, ARRAY(SELECT b.rolname FROM pg_auth_members m JOIN pg_roles b ON m.roleid = b.oid WHERE m.member = r.oid) FROM pg_roles r WHERE r.rolname !~ '^pg_'")]
    [Trait("Rule", "S2.7")]
    public async Task Query_OverThingsOfUsers_IsAnsweredAsByPostgres(string sql)
    {
        var database = await fixture.Database;
        Assert.Equal(Lines(database.Theirs(sql)), Lines(await database.OursAsync(sql)));
    }

    private static IEnumerable<string> Lines(string answer) => answer.Split('\n').Order(StringComparer.Ordinal);
}
