using Shale.Sql;

namespace Shale.Vitess;

/// <summary>A setval of what a query finds: the query gives its values, and the call is made for each row at the gate.</summary>
/// <param name="Sequence">The sequence; null where the name is NULL, and so is the call.</param>
/// <param name="Value">Where the value stands in the query's rows, counted from their end; the call's own value takes its place.</param>
/// <param name="Called">Where it stands whether the value counts as taken, counted from the end; 0 where it does. Such a column is not the client's, and stands behind all of its own.</param>
internal sealed record RowSetting(SequenceRef? Sequence, int Value, int Called)
{
    /// <summary>How many columns of a query's rows are not the client's.</summary>
    public static int HiddenBy(IEnumerable<RowSetting> settings) => settings.Count(setting => setting.Called > 0);

    /// <summary>Refuses values of types that setval does not take (42883): the statement's own casts around them would hide it.</summary>
    public void Check(SelectStatement select, Binding binding)
    {
        var items = ((SelectCore)select.Body).Items;
        Check(items[^Value].Value, SqlTypeKind.Int8, binding);
        if (Called > 0) Check(items[^Called].Value, SqlTypeKind.Bool, binding);
    }

    /// <summary>The item that gives a value.</summary>
    public static SelectItem Item(Expr value, SqlTypeKind type, Identifier name) => new(new Cast(value, new TypeName(new SqlType(type).Name, NodeList<string>.Empty, 0)), name);

    private static void Check(Expr item, SqlTypeKind wanted, Binding binding)
    {
        var type = binding.TypeOf(((Cast)item).Operand);
        var fits = !type.IsArray && (type.Kind is SqlTypeKind.Unknown || type.Kind == wanted || (wanted == SqlTypeKind.Int8 && type.Kind is SqlTypeKind.Int2 or SqlTypeKind.Int4));
        if (fits) return;
        throw new VitessException(ErrorCodes.QueryError, $"setval takes a value of type {new SqlType(wanted).Name}, not {type.Name}", sqlState: "42883",
            hint: "Add an explicit type cast.");
    }
}
