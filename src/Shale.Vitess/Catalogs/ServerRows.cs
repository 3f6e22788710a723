using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What PostgreSQL's catalog has of the server itself: schemas, databases, the role, settings. There is one role, one tablespace, and one encoding.</summary>
internal sealed class ServerRows(CatalogModel model)
{
    private const int DefaultTablespace = 1663;
    private const int BtreeMethod = 403;
    private const int BtreeHandler = 330;
    private const int Utf8 = 6;

    // The role that PostgreSQL gives the schema public.
    private const int DatabaseOwner = 6171;

    private static readonly (string Name, string Value, string Type)[] Known =
    [
        ("server_version", "15.0", "string"), ("server_version_num", "150000", "integer"), ("server_encoding", "UTF8", "string"), ("client_encoding", "UTF8", "string"), ("standard_conforming_strings", "on", "bool"),
        ("integer_datetimes", "on", "bool"), ("DateStyle", "ISO, MDY", "string"), ("IntervalStyle", "postgres", "enum"), ("TimeZone", "UTC", "string"), ("lc_collate", "C", "string"), ("lc_ctype", "C", "string"),
        ("max_identifier_length", "63", "integer"), ("max_index_keys", "32", "integer"), ("block_size", "8192", "integer"), ("search_path", "\"$user\", public", "string"), ("transaction_isolation", "read committed", "enum"),
        ("default_transaction_isolation", "read committed", "enum"), ("transaction_read_only", "off", "bool"), ("default_transaction_read_only", "off", "bool"), ("bytea_output", "hex", "enum"), ("extra_float_digits", "1", "integer"),
        ("default_tablespace", "", "string"), ("default_table_access_method", "heap", "string"), ("row_security", "on", "bool"), ("is_superuser", "on", "bool"), ("session_authorization", CatalogRows.RoleName, "string"),
        ("wal_level", "replica", "enum"), ("application_name", "", "string"),
    ];

    private static readonly (string Name, int Oid, int Type)[] OperatorClassList =
    [
        ("bool_ops", 424, 16), ("bpchar_ops", 426, 1042), ("bytea_ops", 428, 17), ("date_ops", 3122, 1082), ("float4_ops", 1970, 700), ("float8_ops", 3123, 701), ("int2_ops", 1979, 21), ("int4_ops", 1978, 23), ("int8_ops", 3124, 20),
        ("interval_ops", 2033, 1186), ("numeric_ops", 3125, 1700), ("oid_ops", 1981, 26), ("text_ops", 3126, 25), ("time_ops", 2040, 1083), ("timestamp_ops", 3128, 1114), ("timestamptz_ops", 3127, 1184), ("timetz_ops", 2041, 1266),
        ("uuid_ops", 2968, 2950), ("inet_ops", 1974, 869), ("macaddr_ops", 1984, 829), ("jsonb_ops", 4033, 3802), ("array_ops", 397, 2277),
    ];

    /// <summary><c>pg_namespace</c>.</summary>
    public IEnumerable<CatalogRow> Namespaces()
    {
        foreach (var (oid, name) in NumberedSchemas()) yield return new CatalogRow { { "oid", oid }, { "nspname", name }, { "nspowner", oid == CatalogModel.PublicOid ? DatabaseOwner : CatalogRows.Role } };
    }

    /// <summary>All schemas with their numbers.</summary>
    public IEnumerable<(long Oid, string Name)> NumberedSchemas() =>
        model.Schemas.Select(schema => (schema.Oid, schema.Name)).Prepend((CatalogRows.InformationSchema, CatalogRelation.InformationSchema)).Prepend((CatalogRows.CatalogSchema, CatalogRelation.PgCatalog));

    /// <summary><c>pg_database</c>: the keyspaces and their branches.</summary>
    public IEnumerable<CatalogRow> Databases() => model.Databases.Select(database => new CatalogRow
    {
        { "oid", database.Value }, { "datname", database.Key }, { "datdba", CatalogRows.Role }, { "encoding", Utf8 }, { "datlocprovider", 'c' }, { "datistemplate", false }, { "datallowconn", true },
        { "datconnlimit", -1 }, { "dattablespace", DefaultTablespace }, { "datcollate", "C" }, { "datctype", "C" },
    });

    /// <summary><c>pg_roles</c>: one role, which may do everything, and the owner of <c>public</c>, which nobody is.</summary>
    public static IEnumerable<CatalogRow> Roles() => NumberedRoles.Select(role => new CatalogRow
    {
        { "oid", role.Oid }, { "rolname", role.Name }, { "rolsuper", role.Oid == CatalogRows.Role }, { "rolinherit", true }, { "rolcreaterole", role.Oid == CatalogRows.Role },
        { "rolcreatedb", role.Oid == CatalogRows.Role }, { "rolcanlogin", role.Oid == CatalogRows.Role }, { "rolreplication", false }, { "rolbypassrls", role.Oid == CatalogRows.Role }, { "rolconnlimit", -1 },
    });

    /// <summary>The roles with their numbers.</summary>
    public static IEnumerable<(long Oid, string Name)> NumberedRoles => [(CatalogRows.Role, CatalogRows.RoleName), (DatabaseOwner, "pg_database_owner")];

    /// <summary><c>pg_user</c>.</summary>
    public static IEnumerable<CatalogRow> Users() =>
    [
        new CatalogRow { { "usename", CatalogRows.RoleName }, { "usesysid", CatalogRows.Role }, { "usecreatedb", true }, { "usesuper", true }, { "userepl", false }, { "usebypassrls", true } },
    ];

    /// <summary><c>pg_am</c>.</summary>
    public static IEnumerable<CatalogRow> AccessMethods() =>
    [
        new CatalogRow { { "oid", 2 }, { "amname", "heap" }, { "amhandler", 3 }, { "amtype", 't' } }, new CatalogRow { { "oid", BtreeMethod }, { "amname", "btree" }, { "amhandler", BtreeHandler }, { "amtype", 'i' } },
    ];

    /// <summary><c>pg_collation</c>.</summary>
    public static IEnumerable<CatalogRow> Collations() => ((long Oid, string Name, char Provider)[])[(100, "default", 'd'), (950, "C", 'c'), (951, "POSIX", 'c')] is var all ? all.Select(each => new CatalogRow
    {
        { "oid", each.Oid }, { "collname", each.Name }, { "collnamespace", CatalogRows.CatalogSchema }, { "collowner", CatalogRows.Role }, { "collprovider", each.Provider }, { "collisdeterministic", true }, { "collencoding", -1 },
        { "collcollate", each.Provider == 'd' ? null : each.Name }, { "collctype", each.Provider == 'd' ? null : each.Name },
    }) : [];

    /// <summary><c>pg_tablespace</c>.</summary>
    public static IEnumerable<CatalogRow> Tablespaces() =>
    [
        new CatalogRow { { "oid", DefaultTablespace }, { "spcname", "pg_default" }, { "spcowner", CatalogRows.Role } }, new CatalogRow { { "oid", 1664 }, { "spcname", "pg_global" }, { "spcowner", CatalogRows.Role } },
    ];

    /// <summary><c>pg_language</c>.</summary>
    public static IEnumerable<CatalogRow> Languages() =>
    [
        new CatalogRow { { "oid", 12 }, { "lanname", "internal" }, { "lanowner", CatalogRows.Role } }, new CatalogRow { { "oid", 14 }, { "lanname", "sql" }, { "lanowner", CatalogRows.Role }, { "lanpltrusted", true } },
    ];

    /// <summary><c>pg_settings</c>: what clients ask for, as every session begins with.</summary>
    public static IEnumerable<CatalogRow> Settings() => Known.Select(setting => new CatalogRow
    {
        { "name", setting.Name }, { "setting", setting.Value }, { "category", "Preset Options" }, { "short_desc", "" }, { "context", "internal" }, { "vartype", setting.Type }, { "source", "default" },
        { "boot_val", setting.Value }, { "reset_val", setting.Value }, { "pending_restart", false },
    });

    /// <summary><c>pg_extension</c>: what every database of PostgreSQL's begins with.</summary>
    public static IEnumerable<CatalogRow> Extensions() =>
    [
        new CatalogRow { { "oid", 13542 }, { "extname", "plpgsql" }, { "extowner", CatalogRows.Role }, { "extnamespace", CatalogRows.CatalogSchema }, { "extrelocatable", false }, { "extversion", "1.0" } },
    ];

    /// <summary><c>pg_available_extensions</c>.</summary>
    public static IEnumerable<CatalogRow> AvailableExtensions() =>
    [
        new CatalogRow { { "name", "plpgsql" }, { "default_version", "1.0" }, { "installed_version", "1.0" }, { "comment", "PL/pgSQL procedural language" } },
    ];

    /// <summary><c>pg_available_extension_versions</c>.</summary>
    public static IEnumerable<CatalogRow> AvailableExtensionVersions() =>
    [
        new CatalogRow
        {
            { "name", "plpgsql" }, { "version", "1.0" }, { "installed", true }, { "superuser", true }, { "trusted", true }, { "relocatable", false }, { "schema", CatalogRelation.PgCatalog },
            { "comment", "PL/pgSQL procedural language" },
        },
    ];

    /// <summary>What <c>pg_get_keywords()</c> gives.</summary>
    public static IEnumerable<CatalogRow> Keywords() => PostgresKeyword.All.Select(each => new CatalogRow
    {
        { "word", each.Word }, { "catcode", each.Category }, { "barelabel", each.IsBareLabel }, { "catdesc", each.Description }, { "baredesc", each.IsBareLabel ? "can be bare label" : "requires AS" },
    });

    /// <summary><c>pg_opclass</c>: that of each type for ordered indexes.</summary>
    public static IEnumerable<CatalogRow> OperatorClasses() => OperatorClassList.Select(each => new CatalogRow
    {
        { "oid", each.Oid }, { "opcmethod", BtreeMethod }, { "opcname", each.Name }, { "opcnamespace", CatalogRows.CatalogSchema }, { "opcowner", CatalogRows.Role }, { "opcintype", each.Type }, { "opcdefault", true },
    });

    /// <summary>The number of a type's operator class; 0 for none.</summary>
    public static int OperatorClassOf(SqlType type)
    {
        var oid = type.IsArray ? 2277 : type.Kind == SqlTypeKind.Varchar ? 25 : TypeRows.OidOf(type);
        return Array.Find(OperatorClassList, each => each.Type == oid).Oid;
    }
}
