using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>ALTER VSCHEMA, with Vitess' grammar; VERIFY VINDEX and REPAIR VINDEX, in its manner.</summary>
internal sealed partial class Parser
{
    private AlterVSchemaStatement ParseAlterVSchema(int start)
    {
        _index++;
        var statement = Current.Keyword switch
        {
            Keyword.Add => ParseVSchemaAdd(),
            Keyword.Drop => ParseVSchemaDrop(),
            Keyword.Create => ParseCreateVindex(),
            Keyword.On => ParseVSchemaOn(),
            _ => throw Unexpected("ADD, DROP, CREATE or ON"),
        };
        return statement with { Span = From(start) };
    }

    private CheckVindexStatement? ParseCheckVindex()
    {
        var repairs = AtName("repair");
        if (!repairs && !AtName("verify")) return null;
        var start = _index++;
        Expect(Keyword.Vindex);
        var vindex = ParseObjectName("a vindex");
        Expect(Keyword.On);
        return new CheckVindexStatement(vindex, ParseObjectName("a table"), repairs) { Span = From(start) };
    }

    private static AlterVSchemaStatement Action(string action, ObjectName? table, ObjectName? vindex = null, string? type = null) =>
        new(action, table, [], vindex, type, []);

    private AlterVSchemaStatement ParseVSchemaAdd()
    {
        _index++;
        if (Accept(Keyword.Table)) return Action("add table", ParseObjectName("a table"));
        if (Accept(Keyword.Sequence)) return Action("add sequence", ParseObjectName("a sequence"));
        if (Accept(Keyword.Reference, Keyword.Table)) return Action("add reference table", ParseObjectName("a table"));
        throw Unexpected("TABLE, REFERENCE TABLE or SEQUENCE");
    }

    private AlterVSchemaStatement ParseVSchemaDrop()
    {
        _index++;
        if (Accept(Keyword.Table)) return Action("drop table", ParseObjectName("a table"));
        if (Accept(Keyword.Sequence)) return Action("drop sequence", ParseObjectName("a sequence"));
        if (Accept(Keyword.Reference, Keyword.Table)) return Action("drop reference table", ParseObjectName("a table"));
        if (Accept(Keyword.Vindex)) return Action("drop vindex definition", null, ParseObjectName("a vindex"));
        throw Unexpected("TABLE, REFERENCE TABLE, SEQUENCE or VINDEX");
    }

    private AlterVSchemaStatement ParseCreateVindex()
    {
        _index++;
        Expect(Keyword.Vindex);
        var name = ParseObjectName("a vindex");
        Expect(Keyword.Using);
        return Action("create vindex", null, name, ParseVindexType()) with { Options = ParseVindexOptions() };
    }

    private AlterVSchemaStatement ParseVSchemaOn()
    {
        _index++;
        var table = ParseObjectName("a table");
        if (Accept(Keyword.Add, Keyword.Vindex))
        {
            var vindex = ParseObjectName("a vindex");
            var columns = ParseNameList();
            var type = Accept(Keyword.Using) ? ParseVindexType() : null;
            return Action("add vindex", table, vindex, type) with { Columns = columns, Options = ParseVindexOptions() };
        }

        if (Accept(Keyword.Drop, Keyword.Vindex)) return Action("drop vindex", table, ParseObjectName("a vindex"));
        if (Accept(Keyword.Add, Keyword.Auto_Increment))
        {
            var column = ParseName("a column");
            Expect(Keyword.Using);
            return Action("add auto_increment", table, ParseObjectName("a sequence")) with { Columns = [column] };
        }

        return Accept(Keyword.Drop, Keyword.Auto_Increment)
            ? Action("drop auto_increment", table)
            : throw Unexpected("ADD VINDEX, DROP VINDEX, ADD AUTO_INCREMENT or DROP AUTO_INCREMENT");
    }

    // Some types, such as binary and null, have the names of keywords.
    private string ParseVindexType() =>
        Current.Kind is TokenKind.Word or TokenKind.QuotedName ? TakeIdentifier().Name.ToLowerInvariant() : throw Unexpected("a vindex type");

    private NodeList<OptionItem> ParseVindexOptions() => Accept(Keyword.With) ? ParseOptions() : NodeList<OptionItem>.Empty;
}
