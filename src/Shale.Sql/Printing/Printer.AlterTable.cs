namespace Shale.Sql.Printing;

/// <summary>ALTER TABLE and ALTER VSCHEMA.</summary>
internal sealed partial class Printer
{
    private void AlterTable(AlterTableStatement alter)
    {
        if (alter.IfExists || alter.Actions.Count > 1) OnlyIn(SqlDialect.Postgres, alter.IfExists ? "ALTER TABLE IF EXISTS" : "several actions");
        Add("ALTER TABLE ");
        if (alter.IfExists) Add("IF EXISTS ");
        Name(alter.Table);
        Add(' ');
        List(alter.Actions, Alter);
    }

    private void Alter(AlterAction action)
    {
        switch (action)
        {
            case AddColumn add:
                if (add.IfNotExists) OnlyIn(SqlDialect.Postgres, "ADD COLUMN IF NOT EXISTS");
                Add(add.IfNotExists ? "ADD COLUMN IF NOT EXISTS " : "ADD COLUMN ");
                ColumnDefinition(add.Column);
                break;
            case DropColumn drop:
                if (drop.IfExists || drop.Cascade) OnlyIn(SqlDialect.Postgres, "IF EXISTS or CASCADE of DROP COLUMN");
                Add(drop.IfExists ? "DROP COLUMN IF EXISTS " : "DROP COLUMN ");
                Name(drop.Column);
                if (drop.Cascade) Add(" CASCADE");
                break;
            case RenameTable rename:
                Add("RENAME TO ");
                Name(rename.NewName);
                break;
            case RenameColumn rename:
                Add("RENAME COLUMN ");
                Name(rename.Column);
                Add(" TO ");
                Name(rename.NewName);
                break;
            case SetTableOptions set:
                Options(set.Options, "SET ");
                break;
            default:
                OnlyIn(SqlDialect.Postgres, "this action of ALTER TABLE");
                PostgresAlter(action);
                break;
        }
    }

    private void PostgresAlter(AlterAction action)
    {
        switch (action)
        {
            case AddConstraint add:
                Add("ADD ");
                DefinitionPart(add.Constraint);
                break;
            case DropConstraint drop:
                Add(drop.IfExists ? "DROP CONSTRAINT IF EXISTS " : "DROP CONSTRAINT ");
                Name(drop.Name);
                if (drop.Cascade) Add(" CASCADE");
                break;
            case ValidateConstraint validate:
                Add("VALIDATE CONSTRAINT ");
                Name(validate.Name);
                break;
            case RenameConstraint rename:
                Add("RENAME CONSTRAINT ");
                Name(rename.Name);
                Add(" TO ");
                Name(rename.NewName);
                break;
            case AlterColumnType alter:
                AlterColumn(alter.Column);
                Add("TYPE ");
                Type(alter.Type);
                Clause(" USING ", alter.Using);
                break;
            case AlterColumnDefault alter:
                AlterColumn(alter.Column);
                Add(alter.Value is null ? "DROP DEFAULT" : "SET DEFAULT ");
                if (alter.Value is not null) Expression(alter.Value, 0);
                break;
            case AlterColumnNotNull alter:
                AlterColumn(alter.Column);
                Add(alter.Not ? "SET NOT NULL" : "DROP NOT NULL");
                break;
            case SetColumnHint { Kind: "set" or "reset" } hint:
                AlterColumn(hint.Column);
                Options(hint.Options, hint.Kind == "set" ? "SET " : "RESET ");
                break;
            case SetColumnHint hint:
                AlterColumn(hint.Column);
                Add("SET ").AddUpper(hint.Kind).Add(' ');
                if (hint.Kind == "statistics") Add(hint.Options[0].Value!);
                else Name(new Identifier(hint.Options[0].Value!, hint.Options[0].Value != "default"));
                break;
        }
    }

    private void AlterColumn(Identifier column)
    {
        Add("ALTER COLUMN ");
        Name(column);
        Add(' ');
    }

    private void AlterVSchema(AlterVSchemaStatement alter)
    {
        Add("ALTER VSCHEMA ");
        var onTable = alter.Action is "add vindex" or "drop vindex" or "add auto_increment" or "drop auto_increment";
        if (onTable)
        {
            Add("ON ");
            Name(alter.Table!);
            Add(' ');
        }

        Upper(alter.Action == "drop vindex definition" ? "drop vindex" : alter.Action);
        if (!onTable && alter.Table is not null)
        {
            Add(' ');
            Name(alter.Table);
        }

        if (alter.Action == "add auto_increment")
        {
            Add(' ');
            Name(alter.Columns[0]);
            Add(" USING ");
            Name(alter.Vindex!);
            return;
        }

        if (alter.Vindex is not null)
        {
            Add(' ');
            Name(alter.Vindex);
        }

        NamesOpt(alter.Columns);
        if (alter.VindexType is not null)
        {
            Add(" USING ");
            Name(new Identifier(alter.VindexType));
        }

        if (alter.Options.Count == 0) return;
        Add(" WITH ");
        List(alter.Options, Option);
    }
}
