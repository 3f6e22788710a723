using System.Text;

namespace Shale.Sql;

/// <summary>Translates LIKE, ILIKE, SIMILAR TO and regular expressions.</summary>
internal sealed class PatternTranslator(TranslationContext context)
{
    private static readonly SqlType Text = new(SqlTypeKind.Text);

    /// <summary>Translates LIKE and its kin.</summary>
    public Expr Translate(Like like)
    {
        if (like.Kind is LikeKind.Glob or LikeKind.Regexp or LikeKind.Match) throw SqlErrors.UndefinedOperator($"text {like.Kind.ToString().ToUpperInvariant()} text", like);
        var text = context.Binding.TypeOf(like.Operand).Kind == SqlTypeKind.Char ? context.Expressions.Translate(like.Operand) : context.Expressions.As(like.Operand, Text);
        if (like is { Kind: LikeKind.Like, Escape: null, Pattern: Literal { Kind: LiteralKind.String } constant } && Glob(constant.Text) is { } glob)
            return new Like(LikeKind.Glob, text, SqlBuild.Text(glob), null, like.Not);
        var function = like.Kind switch { LikeKind.Like => "shale_like", LikeKind.ILike => "shale_ilike", _ => "shale_similar" };
        var pattern = context.Expressions.As(like.Pattern, Text);
        Expr test = like.Escape is null ? SqlBuild.Call(function, text, pattern) : SqlBuild.Call(function, text, pattern, context.Expressions.As(like.Escape, Text));
        return like.Not ? new Unary("NOT", test) : test;
    }

    /// <summary>Translates ~, ~*, !~, !~*.</summary>
    public Expr Regex(Binary binary)
    {
        var function = binary.Op.EndsWith('*') ? "shale_regex_i" : "shale_regex";
        if (binary.Right is Literal { Kind: LiteralKind.String } constant) _ = PgRegex.Compile(constant.Text, ignoreCase: false);
        Expr test = SqlBuild.Call(function, context.Expressions.As(binary.Left, Text), context.Expressions.As(binary.Right, Text));
        return binary.Op[0] == '!' ? new Unary("NOT", test) : test;
    }

    // A constant LIKE pattern as SQLite's GLOB, which minds case and can use an index; null for an escape at the end, which is an error.
    private static string? Glob(string pattern)
    {
        var builder = new StringBuilder(pattern.Length + 8);
        for (var i = 0; i < pattern.Length; i++)
        {
            var unit = pattern[i];
            if (unit == '%') builder.Append('*');
            else if (unit == '_') builder.Append('?');
            else if (unit == '\\' && ++i >= pattern.Length) return null;
            else AppendPlain(builder, pattern[i]);
        }

        return builder.ToString();
    }

    private static void AppendPlain(StringBuilder builder, char unit)
    {
        if (unit is '*' or '?' or '[') builder.Append('[').Append(unit).Append(']');
        else builder.Append(unit);
    }
}
